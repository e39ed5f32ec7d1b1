package org.terraformer.app.cli;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.Consumer;
import org.terraformer.app.format.TensorHeader;
import org.terraformer.app.format.WeightStream;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;

/** A model's weights one after another, matrices in another type, the rest in F32. */
final class ConvertedWeights implements WeightStream {
  private final List<Value> values;
  private final WeightSource weights;
  private final DType matrices;
  private final ProgressListener progress;
  private final long total;
  private long done;

  /**
   * @param progress hears of elements that have been converted
   */
  ConvertedWeights(Program program, WeightSource weights, DType matrices, ProgressListener progress) {
    this.values = program.weights();
    this.weights = weights;
    this.matrices = matrices;
    this.progress = progress;
    this.total = program.parameters();
  }

  @Override
  public List<TensorHeader> headers() {
    return values.stream().map(value -> new TensorHeader(value.name(), type(value), value.shape())).toList();
  }

  private DType type(Value value) {
    return value.kind() == Value.Kind.MATRIX ? matrices : DType.F32;
  }

  @Override
  public void forEach(Consumer<Tensor> sink) {
    done = 0;
    for (Value value : values) {
      try (Arena arena = Arena.ofConfined()) {
        long before = done;
        Tensor tensor = weights.find(value.name()).orElseThrow();
        sink.accept(converted(tensor, value, arena, before));
        report(before + value.shape().elements());
      }
    }
  }

  private Tensor converted(Tensor tensor, Value value, Arena arena, long before) {
    try {
      return Conversion.convert(tensor, type(value), arena, elements -> report(before + elements));
    } catch (InvalidInputException e) {
      throw new InvalidInputException("In %s: %s".formatted(weights.origin(), e.getMessage()), e);
    }
  }

  private void report(long elements) {
    done = elements;
    progress.progressed("converting weights", done, total);
  }

  /** For who writes the weights: that takes its turns with converting them, so both are one piece of work. */
  ProgressListener writing() {
    return (task, written, all) -> report(done);
  }

  /** The bytes that all of them have. */
  long bytes() {
    return values.stream().mapToLong(value -> type(value).bytes(value.shape())).sum();
  }
}
