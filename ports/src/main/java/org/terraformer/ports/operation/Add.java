package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * Elementwise sum.
 *
 * <p>Operands: two F32 of the same number of elements and items. Result: as the first.
 */
public record Add() implements Operation {
  @Override
  public String name() {
    return "add";
  }

  @Override
  public boolean worksInPlace() {
    return true;
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value first = operands.getFirst();
    Operands.type(first, DType.F32);
    Operands.type(operands.get(1), DType.F32);
    Operands.sameExtent(first, operands.get(1));
    Operands.elements(operands.get(1), first.shape().elements());
    return Signature.like(first, first.shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.upstream());
    }
    if (adjoint.wants(1)) {
      adjoint.add(1, adjoint.upstream());
    }
  }
}
