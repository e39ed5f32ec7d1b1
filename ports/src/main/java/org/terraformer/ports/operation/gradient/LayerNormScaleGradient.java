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
 * The gradient of {@code layer_norm} with respect to its scale: {@code y[i] = sum u[..., i] * n[..., i]} over all items and outer axes,
 * with n the normalised input.
 *
 * <p>Operands: x F32 [..., n]; u F32 as x. Result: one F32 [n].
 */
public record LayerNormScaleGradient(boolean centred, float epsilon) implements Operation {
  @Override
  public String name() {
    return "layer_norm_scale_gradient";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value x = operands.getFirst();
    operands.forEach(operand -> Operands.type(operand, DType.F32));
    Operands.sameExtent(x, operands.get(1));
    Operands.elements(operands.get(1), x.shape().elements());
    return new Signature(DType.F32, Extent.FIXED, Shape.of(x.shape().columns()));
  }
}
