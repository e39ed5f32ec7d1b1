package org.terraformer.ports.operation.gradient;

import java.util.List;
import java.util.stream.LongStream;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * The sum over all items and outer axes: {@code y[j] = sum u[..., j]} with j over the innermost elements, as many as the result has. It is
 * the gradient with respect to a bias.
 *
 * <p>Operands: u F32. Result: one F32 of this shape.
 */
public record SumOverItems(List<Long> sizes) implements Operation {
  public SumOverItems {
    sizes = List.copyOf(sizes);
  }

  /** A sum of the shape of a weight. */
  public static SumOverItems like(Value weight) {
    return new SumOverItems(LongStream.of(weight.shape().toArray()).boxed().toList());
  }

  @Override
  public String name() {
    return "sum_over_items";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    operands.forEach(operand -> Operands.type(operand, DType.F32));
    Shape result = Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
    Operands.check(result.elements() > 0 && operands.getFirst().shape().elements() % result.elements() == 0,
        "needs the elements of %s to be a multiple of those of %s", operands.getFirst(), result);
    return new Signature(DType.F32, Extent.FIXED, result);
  }
}
