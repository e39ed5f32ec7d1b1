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
 * The gradient of {@code module_convolution} with respect to its weight, for whole sequences: with h = (kernel - 1) / 2,
 * {@code y[o, l, j, c] = sum u[t, s, o] * x[t - (L-1) + l, s - h + j, c]} over all rows t and modules s.
 *
 * <p>Operands: u F32 [S, out] for each row; x F32 [S, in] for each row. Result: one F32 [out, L, kernel, in].
 */
public record ModuleConvolutionWeightGradient(long length, long kernel) implements Operation {
  @Override
  public String name() {
    return "module_convolution_weight_gradient";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value u = operands.getFirst();
    Value x = operands.get(1);
    operands.forEach(operand -> Operands.type(operand, DType.F32));
    Operands.check(u.extent() == Extent.ROW && x.extent() == Extent.ROW, "needs %s and %s to have an item for each row", u, x);
    Operands.check(u.shape().rank() == 2 && x.shape().rank() == 2 && u.shape().axis(0) == x.shape().axis(0),
        "needs %s and %s to have as many modules", u, x);
    return new Signature(DType.F32, Extent.FIXED, Shape.of(u.shape().columns(), length, kernel, x.shape().columns()));
  }
}
