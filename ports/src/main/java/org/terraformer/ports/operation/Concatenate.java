package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.Columns;
import org.terraformer.ports.tensor.DType;

/**
 * Joins two values along their innermost axis.
 *
 * <p>Operands: F32 [..., n] and F32 [..., m] with equal outer axes. Result: F32 [..., n + m].
 */
public record Concatenate() implements Operation {
  @Override
  public String name() {
    return "concatenate";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value first = operands.getFirst();
    Value second = operands.get(1);
    Operands.type(first, DType.F32);
    Operands.type(second, DType.F32);
    Operands.sameExtent(first, second);
    Operands.check(first.shape().withColumns(1).equals(second.shape().withColumns(1)),
        "needs %s and %s to differ in the innermost axis alone", first, second);
    return Signature.like(first, first.shape().withColumns(first.shape().columns() + second.shape().columns()));
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    long first = adjoint.operand(0).shape().columns();
    long all = adjoint.result().shape().columns();
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(new Columns(0, first), adjoint.upstream()));
    }
    if (adjoint.wants(1)) {
      adjoint.add(1, adjoint.apply(new Columns(first, all), adjoint.upstream()));
    }
  }
}
