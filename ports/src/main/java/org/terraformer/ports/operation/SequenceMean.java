package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.SequenceMeanGradient;
import org.terraformer.ports.tensor.DType;

/**
 * The mean of the rows of each sequence of the run, padding included.
 *
 * <p>Operands: x F32 for each row. Result: as x, for each sequence.
 */
public record SequenceMean() implements Operation {
  @Override
  public String name() {
    return "sequence_mean";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    Value x = operands.getFirst();
    Operands.type(x, DType.F32);
    Operands.check(x.extent() == Extent.ROW, "needs %s to have an item for each row", x);
    return new Signature(DType.F32, Extent.SEQUENCE, x.shape());
  }

  @Override
  public boolean dependsOnLaterRows() {
    return true;
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(new SequenceMeanGradient(), adjoint.upstream()));
    }
  }
}
