package org.terraformer.app.trax;

import java.lang.foreign.Arena;
import java.util.List;
import org.terraformer.app.format.TensorHeader;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.Tensor;

/** The arrays of a checkpoint in trax's flattened order, which can be gone through more than once. */
public interface TraxArrays {

  /** Where they come from, for messages. */
  String origin();

  /** What there is; reads to the end, so that a damaged file is found out. */
  List<TensorHeader> headers(ProgressListener progress);

  /** Begins with the first array. */
  Reading read();

  /** One way through the arrays. */
  interface Reading extends AutoCloseable {

    /** The next array; there must be one. */
    Tensor next(Arena arena);

    @Override
    void close();
  }

  /** Arrays that are in memory. */
  static TraxArrays of(String origin, List<Tensor> tensors) {
    return new HeldArrays(origin, tensors.size(),
        index -> new TensorHeader(tensors.get(index).name(), tensors.get(index).dtype(), tensors.get(index).shape()),
        (index, arena) -> tensors.get(index));
  }
}
