package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * All of x or nothing, for a whole run: {@code y = (draw < threshold) == below ? x : 0}.
 *
 * <p>Operands: x F32; draw F32 scalar, one for the run. Result: as x.
 */
public record KeepIf(float threshold, boolean below) implements Operation {
  @Override
  public String name() {
    return "keep_if";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Operands.type(operands.getFirst(), DType.F32);
    Operands.type(operands.get(1), DType.F32);
    Operands.elements(operands.get(1), 1);
    Operands.check(operands.get(1).extent() == Extent.FIXED, "needs %s to be one for the run", operands.get(1));
    return Signature.like(operands.getFirst(), operands.getFirst().shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(this, adjoint.upstream(), adjoint.operand(1)));
    }
  }
}
