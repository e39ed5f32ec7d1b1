package org.terraformer.app.trax;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.terraformer.app.format.TensorHeader;
import org.terraformer.app.format.WeightStream;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.Tensor;

/**
 * Turns the flat list of arrays of a trax checkpoint into the named tensors of a program. trax identifies a weight by its place
 * in the flattened tree alone; layers record their weights in that order, so program and list are walked side by side.
 */
public final class TraxWeights {
  private final List<TraxWeight> weights;

  public TraxWeights(Program program) {
    this.weights = TraxLayout.of(program);
  }

  /**
   * The program's weights, made from the arrays one after another. All arrays are checked first.
   *
   * @param arrays F32, F16 or BF16 arrays in trax's flattened order
   * @param unused arrays that may follow the last weight: 2 for the dense branch of a loss layer with {@code prob_sparse}, else 0
   * @throws org.terraformer.ports.failure.InvalidInputException naming the first array that does not fit its weight
   */
  public WeightStream stream(TraxArrays arrays, int unused, ProgressListener progress) {
    List<TensorHeader> found = arrays.headers(progress);
    List<TensorHeader> headers = new ArrayMatch(arrays.origin(), found, weights).headers(unused);
    return new WeightStream() {
      @Override
      public List<TensorHeader> headers() {
        return headers;
      }

      @Override
      public void forEach(Consumer<Tensor> sink) {
        try (TraxArrays.Reading reading = arrays.read()) {
          for (TraxWeight weight : weights) {
            try (Arena arena = Arena.ofConfined()) {
              sink.accept(assemble(weight, reading, arena));
            }
          }
        }
      }
    };
  }

  /**
   * As {@link #stream}, all at once.
   *
   * @param arena owns the tensors
   */
  public NamedTensors translate(TraxArrays arrays, int unused, Arena arena) {
    new ArrayMatch(arrays.origin(), arrays.headers(ProgressListener.NONE), weights).headers(unused);
    List<Tensor> tensors = new ArrayList<>();
    try (TraxArrays.Reading reading = arrays.read()) {
      for (TraxWeight weight : weights) {
        tensors.add(assemble(weight, reading, arena));
      }
    }
    return new NamedTensors(arrays.origin(), tensors);
  }

  private static Tensor assemble(TraxWeight weight, TraxArrays.Reading reading, Arena arena) {
    List<Tensor> parts = new ArrayList<>();
    for (int i = 0; i < weight.arrays().size(); i++) {
      parts.add(reading.next(arena));
    }
    return weight.assembly().assemble(parts, arena);
  }
}
