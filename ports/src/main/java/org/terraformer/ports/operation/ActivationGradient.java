package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * The gradient of {@link Activation}: {@code y = u * f'(x)}.
 *
 * <p>Operands: x F32; u F32 as x. Result: as x.
 */
public record ActivationGradient(ActivationFunction function) implements Operation {
  @Override
  public String name() {
    return "activation_gradient";
  }

  @Override
  public boolean worksInPlace() {
    return true;
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
