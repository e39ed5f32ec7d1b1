package org.terraformer.ports.operation.gradient;

import java.util.List;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * The gradient of {@code cross_entropy}: {@code y[i] = u * (softmax(x)_i - q_i)} with the target distribution
 * {@code q_i = (1 - smoothing) * (i = target) + smoothing / n}.
 *
 * <p>Operands: x F32 [n]; target I32 scalar; u F32 scalar. Result: as x.
 */
public record CrossEntropyGradient(float smoothing) implements Operation {
  @Override
  public String name() {
    return "cross_entropy_gradient";
  }

  @Override
  public boolean worksInPlace() {
    return true;
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 3);
    Value x = operands.getFirst();
    Operands.type(x, DType.F32);
    Operands.type(operands.get(1), DType.I32);
    Operands.elements(operands.get(1), 1);
    Operands.type(operands.get(2), DType.F32);
    Operands.elements(operands.get(2), 1);
    return Signature.like(x, x.shape());
  }
}
