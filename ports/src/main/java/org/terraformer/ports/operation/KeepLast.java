package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.KeepLastGradient;

/**
 * Keeps the last rows of each sequence, as many as the run wants results for.
 *
 * <p>Operands: x for each row. Result: x for each kept row.
 */
public record KeepLast() implements Operation {
  @Override
  public String name() {
    return "keep_last";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    Value x = operands.getFirst();
    Operands.check(x.extent() == Extent.ROW, "needs %s to have an item for each row", x);
    return new Signature(x.dtype(), Extent.KEPT_ROW, x.shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(new KeepLastGradient(), adjoint.upstream()));
    }
  }
}
