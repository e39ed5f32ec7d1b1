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
 * The gradient of {@code depthwise_convolution} with respect to its weight, for whole sequences:
 * {@code y[l, i] = sum u[t, i] * x[t - l, i]} over all rows t.
 *
 * <p>Operands: u F32 [n] for each row; x F32 [n] for each row. Result: one F32 [L, n].
 */
public record DepthwiseConvolutionWeightGradient(long length) implements Operation {
  @Override
  public String name() {
    return "depthwise_convolution_weight_gradient";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value u = operands.getFirst();
    operands.forEach(operand -> Operands.type(operand, DType.F32));
    Operands.check(u.extent() == Extent.ROW && operands.get(1).extent() == Extent.ROW, "needs %s and %s to have an item for each row",
        u, operands.get(1));
    Operands.elements(operands.get(1), u.shape().elements());
    return new Signature(DType.F32, Extent.FIXED, Shape.of(length, u.shape().elements()));
  }
}
