package org.terraformer.ports.operation.gradient;

import java.util.List;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * The gradient of {@code softmax}: with y its result, {@code y * (u - sum(u * y))}; of its logarithm, {@code u - exp(y) * sum(u)}.
 *
 * <p>Operands: y F32 [..., n]; u F32 as y. Result: as y.
 */
public record SoftmaxGradient(boolean logarithm) implements Operation {
  @Override
  public String name() {
    return "softmax_gradient";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value y = operands.getFirst();
    operands.forEach(operand -> Operands.type(operand, DType.F32));
    Operands.sameExtent(y, operands.get(1));
    Operands.elements(operands.get(1), y.shape().elements());
    return Signature.like(y, y.shape());
  }
}
