package org.terraformer.ports.operation;

import java.util.List;
import java.util.stream.LongStream;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.random.SeededNumbers;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * Numbers drawn evenly from [low, high). Each is a function of the seed, the stream and its place, and of nothing else, so that a draw can be
 * repeated and does not depend on threads: {@link #at}.
 *
 * <p>Operands: seed I32 scalar. Result: F32 of this shape for each item of this extent.
 *
 * @param stream tells draws of the same run apart
 */
public record Uniform(int stream, Extent extent, List<Long> sizes, float low, float high) implements Operation {
  public Uniform {
    sizes = List.copyOf(sizes);
  }

  public Uniform(int stream, Extent extent, long[] sizes, float low, float high) {
    this(stream, extent, LongStream.of(sizes).boxed().toList(), low, high);
  }

  /** The number at a place: {@link SeededNumbers#at}, scaled. */
  public float at(int seed, long index) {
    return low + (high - low) * SeededNumbers.at(seed, stream, index);
  }

  @Override
  public String name() {
    return "uniform";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    Operands.type(operands.getFirst(), DType.I32);
    Operands.elements(operands.getFirst(), 1);
    return new Signature(DType.F32, extent, Shape.of(sizes.stream().mapToLong(Long::longValue).toArray()));
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    // Chance has no gradient.
  }
}
