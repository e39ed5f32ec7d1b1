package org.terraformer.ports.operation.gradient;

import java.util.List;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * The gradient of {@code softmax_features}. For each head, with {@code e_f} the exponential of a feature and
 * {@code g_f = u_f e_f / sqrt(features)}: {@code y = sum_f g_f (P_f - x)}, and the sum of all g that share a largest product goes
 * to the row x of that product P_f . x, as {@code -g P_f}.
 *
 * <p>Operands: x F32 [heads * size] and u F32 [heads * features] for each row. Result: as x.
 */
public record SoftmaxFeaturesGradient(int heads, int features, boolean overRows) implements Operation {
  @Override
  public String name() {
    return "softmax_features_gradient";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value x = operands.getFirst();
    operands.forEach(operand -> Operands.type(operand, DType.F32));
    Operands.sameExtent(x, operands.get(1));
    Operands.elements(operands.get(1), (long) heads * features);
    return Signature.like(x, x.shape());
  }
}
