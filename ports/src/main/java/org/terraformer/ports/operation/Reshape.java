package org.terraformer.ports.operation;

import java.util.List;
import java.util.stream.LongStream;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.Shape;

/**
 * The same elements in another shape; nothing moves in memory.
 *
 * <p>Operands: x. Result: x with item shape {@code sizes}.
 */
public record Reshape(List<Long> sizes) implements Operation {
  public Reshape {
    sizes = List.copyOf(sizes);
  }

  public Reshape(long... sizes) {
    this(LongStream.of(sizes).boxed().toList());
  }

  /** The item shape of the result. */
  public Shape shape() {
    return Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
  }

  @Override
  public String name() {
    return "reshape";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    Value x = operands.getFirst();
    Operands.check(x.kind() == Value.Kind.RESULT || x.kind() == Value.Kind.INPUT, "needs an input or a result but got %s", x);
    Operands.elements(x, shape().elements());
    return new Signature(x.dtype(), x.extent(), shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.upstream());
    }
  }
}
