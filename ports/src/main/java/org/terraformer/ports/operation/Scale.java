package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * Multiplies every element by a constant.
 *
 * <p>Operands: x F32. Result: as x.
 */
public record Scale(float factor) implements Operation {
  @Override
  public String name() {
    return "scale";
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
      adjoint.add(0, adjoint.apply(new Scale(factor), adjoint.upstream()));
    }
  }
}
