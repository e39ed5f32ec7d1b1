package org.terraformer.ports.operation.gradient;

import java.util.List;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * The gradient of {@code layer_norm} with respect to its input. With n the normalised input, s the factor {@code 1 / sqrt(mean(c^2) + epsilon)}
 * and {@code g = u * scale}: {@code y = s * (g - [mean(g)] - n * mean(g * n))}, the mean of g if centred.
 *
 * <p>Operands: x F32 [..., n]; scale vector [n]; u F32 as x. Result: as x.
 */
public record LayerNormGradient(boolean centred, float epsilon) implements Operation {
  @Override
  public String name() {
    return "layer_norm_gradient";
  }

  @Override
  public boolean worksInPlace() {
    return true;
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 3);
    Value x = operands.getFirst();
    operands.forEach(operand -> Operands.type(operand, DType.F32));
    Operands.elements(operands.get(1), x.shape().columns());
    Operands.sameExtent(x, operands.get(2));
    Operands.elements(operands.get(2), x.shape().elements());
    return Signature.like(x, x.shape());
  }
}
