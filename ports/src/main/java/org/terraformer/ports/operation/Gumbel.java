package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * Gumbel noise from evenly drawn numbers: {@code y = -log(-log(u))}.
 *
 * <p>Operands: u F32 between 0 and 1. Result: as u.
 */
public record Gumbel() implements Operation {
  @Override
  public String name() {
    return "gumbel";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    Operands.type(operands.getFirst(), DType.F32);
    return Signature.like(operands.getFirst(), operands.getFirst().shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    // Chance has no gradient.
  }
}
