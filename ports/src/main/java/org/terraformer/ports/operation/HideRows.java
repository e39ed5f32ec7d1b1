package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * Zero for rows that a mask hides: {@code y = mask != 0 ? x : 0}.
 *
 * <p>Operands: x F32; mask I32 scalar for each item of x. Result: as x.
 */
public record HideRows() implements Operation {
  @Override
  public String name() {
    return "hide_rows";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value x = operands.getFirst();
    Operands.type(x, DType.F32);
    Operands.type(operands.get(1), DType.I32);
    Operands.sameExtent(x, operands.get(1));
    Operands.elements(operands.get(1), 1);
    return Signature.like(x, x.shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(this, adjoint.upstream(), adjoint.operand(1)));
    }
  }
}
