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
 * The gradient of {@code module_linear} with respect to its weight: with h = (kernel - 1) / 2,
 * {@code y[s, o, j, c] = sum u[s, o] * x[(s + j - h) mod S, c]} over all items.
 *
 * <p>Operands: u F32 [S, out]; x F32 [S, in]. Result: one F32 [S, out, kernel, in].
 */
public record ModuleLinearWeightGradient(long kernel) implements Operation {
  @Override
  public String name() {
    return "module_linear_weight_gradient";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value u = operands.getFirst();
    Value x = operands.get(1);
    operands.forEach(operand -> Operands.type(operand, DType.F32));
    Operands.sameExtent(u, x);
    Operands.check(u.shape().rank() == 2 && x.shape().rank() == 2 && u.shape().axis(0) == x.shape().axis(0),
        "needs %s and %s to have as many modules", u, x);
    return new Signature(DType.F32, Extent.FIXED, Shape.of(u.shape().axis(0), u.shape().columns(), kernel, x.shape().columns()));
  }
}
