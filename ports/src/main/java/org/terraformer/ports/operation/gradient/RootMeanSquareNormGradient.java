package org.terraformer.ports.operation.gradient;

import java.util.List;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * The gradient of {@code root_mean_square_norm}. With {@code s = 1 / sqrt(mean(x^2) + epsilon)}:
 * {@code y = s * u - s^3 * x * mean(x * u)}.
 *
 * <p>Operands: x F32 [..., n]; u F32 as x. Result: as x.
 */
public record RootMeanSquareNormGradient(float epsilon) implements Operation {
  @Override
  public String name() {
    return "root_mean_square_norm_gradient";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value x = operands.getFirst();
    operands.forEach(operand -> Operands.type(operand, DType.F32));
    Operands.sameExtent(x, operands.get(1));
    Operands.elements(operands.get(1), x.shape().elements());
    return Signature.like(x, x.shape());
  }
}
