package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * Adds Gumbel noise, made of evenly drawn numbers: {@code y = x + temperature * -log(-log(u))}. The largest element of y is that of a draw from
 * {@code softmax(x / temperature)}.
 *
 * <p>Operands: x F32; u F32 between 0 and 1, as x. Result: as x.
 */
public record GumbelNoise(float temperature) implements Operation {
  @Override
  public String name() {
    return "gumbel_noise";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    operands.forEach(operand -> Operands.type(operand, DType.F32));
    Value x = operands.getFirst();
    Operands.sameExtent(x, operands.get(1));
    Operands.elements(operands.get(1), x.shape().elements());
    return Signature.like(x, x.shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.upstream());
    }
  }
}
