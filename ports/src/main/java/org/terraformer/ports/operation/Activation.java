package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * A function of one number applied to every element.
 *
 * <p>Operands: x F32. Result: as x.
 */
public record Activation(ActivationFunction function) implements Operation {
  @Override
  public String name() {
    return "activation";
  }

  @Override
  public boolean worksInPlace() {
    return true;
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    Operands.type(operands.getFirst(), DType.F32);
    return Signature.like(operands.getFirst(), operands.getFirst().shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(new ActivationGradient(function), adjoint.operand(0), adjoint.upstream()));
    }
  }
}
