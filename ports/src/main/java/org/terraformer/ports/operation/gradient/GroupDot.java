package org.terraformer.ports.operation.gradient;

import java.util.List;
import java.util.stream.LongStream;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * Dot products of groups: with n elements in u and x and m in the result, {@code y[j] = sum u[i] * x[i]} over the j-th n/m elements. It is
 * the gradient of {@code multiply} with respect to the factors.
 *
 * <p>Operands: u F32 [n]; x F32 [n]. Result: F32 of this item shape.
 */
public record GroupDot(List<Long> sizes) implements Operation {
  public GroupDot {
    sizes = List.copyOf(sizes);
  }

  /** Products for groups that have the shape of this value. */
  public static GroupDot like(Value factors) {
    return new GroupDot(LongStream.of(factors.shape().toArray()).boxed().toList());
  }

  @Override
  public String name() {
    return "group_dot";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value u = operands.getFirst();
    operands.forEach(operand -> Operands.type(operand, DType.F32));
    Operands.sameExtent(u, operands.get(1));
    Operands.elements(operands.get(1), u.shape().elements());
    Shape result = Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
    Operands.check(result.elements() > 0 && u.shape().elements() % result.elements() == 0,
        "needs the elements of %s to be a multiple of those of %s", u, result);
    return Signature.like(u, result);
  }
}
