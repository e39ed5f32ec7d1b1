package org.terraformer.app.trax;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.terraformer.app.format.TensorHeader;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.Tensor;

/** Arrays that can be had by number. */
record HeldArrays(String origin, int count, IntFunction<TensorHeader> header, BiFunction<Integer, Arena, Tensor> tensor)
    implements TraxArrays {

  @Override
  public List<TensorHeader> headers(ProgressListener progress) {
    return IntStream.range(0, count).mapToObj(header).toList();
  }

  @Override
  public Reading read() {
    return new Reading() {
      private int next;

      @Override
      public Tensor next(Arena arena) {
        return tensor.apply(next++, arena);
      }

      @Override
      public void close() {
        next = count;
      }
    };
  }
}
