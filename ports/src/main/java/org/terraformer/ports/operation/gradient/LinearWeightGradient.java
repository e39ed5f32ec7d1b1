package org.terraformer.ports.operation.gradient;

import java.util.List;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * Sums of outer products over all items and outer axes: {@code y[o, i] = sum u[..., o] * x[..., i]}: the gradient of {@code linear} with
 * respect to its weight.
 *
 * <p>Operands: u F32 [..., out]; x F32 [..., in] with as many vectors. Result: one F32 [out, in].
 */
public record LinearWeightGradient() implements Operation {
  @Override
  public String name() {
    return "linear_weight_gradient";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    operands.forEach(operand -> Operands.type(operand, DType.F32));
    Shape u = operands.getFirst().shape();
    Shape x = operands.get(1).shape();
    Operands.sameExtent(operands.getFirst(), operands.get(1));
    Operands.check(u.rows() == x.rows(), "needs %s and %s to have as many vectors", operands.getFirst(), operands.get(1));
    return new Signature(DType.F32, Extent.FIXED, Shape.of(u.columns(), x.columns()));
  }
}
