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
 * The gradient of {@code channel_scale} with respect to its weight: {@code y[i] = sum u[..., i] * x[..., i]} over all items and outer axes.
 *
 * <p>Operands: u F32 [..., n]; x F32 as u. Result: one F32 [n].
 */
public record ChannelScaleGradient() implements Operation {
  @Override
  public String name() {
    return "channel_scale_gradient";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value u = operands.getFirst();
    operands.forEach(operand -> Operands.type(operand, DType.F32));
    Operands.sameExtent(u, operands.get(1));
    Operands.elements(operands.get(1), u.shape().elements());
    return new Signature(DType.F32, Extent.FIXED, Shape.of(u.shape().columns()));
  }
}
