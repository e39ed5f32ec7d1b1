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
 * Leaves elements out at random: {@code y = draw < 1 - rate ? x / (1 - rate) : 0}. One draw may serve all rows of a sequence, or all of a run.
 *
 * <p>Operands: x F32 [n]; draws F32 of n elements, for each item of x, for each sequence of the run (x for each row), or one for the run.
 * Result: as x.
 */
public record Dropout(float rate) implements Operation {
  @Override
  public String name() {
    return "dropout";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value x = operands.getFirst();
    Value draws = operands.get(1);
    Operands.type(x, DType.F32);
    Operands.type(draws, DType.F32);
    Operands.elements(draws, x.shape().elements());
    Operands.check(draws.extent() == x.extent() || draws.extent() == Extent.FIXED
        || draws.extent() == Extent.SEQUENCE && x.extent() == Extent.ROW, "needs draws for %s but got %s for each %s", x, draws, draws.extent());
    Operands.check(rate >= 0 && rate < 1, "needs a rate from 0 to below 1 but has %s", rate);
    return Signature.like(x, x.shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(this, adjoint.upstream(), adjoint.operand(1)));
    }
  }
}
