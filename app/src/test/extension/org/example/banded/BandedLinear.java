package org.example.banded;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.SumOverItems;
import org.terraformer.ports.tensor.DType;

/**
 * A product with a matrix that has a few diagonals only: {@code y[i] = bias[i] + sum_k w[k, i] x[(i + k) mod n]}.
 *
 * <p>Operands: x F32 [n]; w vector [band, n]; bias vector [n]. Result: F32 [n].
 */
record BandedLinear() implements Operation {
  static final String NAME = "banded_linear";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 3);
    Value x = operands.getFirst();
    Operands.type(x, DType.F32);
    Operands.perRow(x);
    Operands.check(x.shape().rank() == 1, "needs x [n] but got %s", x);
    Operands.check(operands.get(1).shape().rank() == 2 && operands.get(1).shape().columns() == x.width(),
        "needs a weight [band, %d] but got %s", x.width(), operands.get(1));
    Operands.elements(operands.get(2), x.width());
    return Signature.like(x, x.shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    Value x = adjoint.operand(0);
    Value weight = adjoint.operand(1);
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(new BandedTransposed(), adjoint.upstream(), weight));
    }
    if (adjoint.wants(1)) {
      adjoint.add(1, adjoint.apply(new BandedWeightGradient(weight.shape().rows()), adjoint.upstream(), x));
    }
    if (adjoint.wants(2)) {
      adjoint.add(2, adjoint.apply(new SumOverItems(List.of((long) x.width())), adjoint.upstream()));
    }
  }
}
