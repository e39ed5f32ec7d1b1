package org.terraformer.ports.operation.gradient;

import java.util.List;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * The gradient of {@code sequence_mean}: u of its sequence for each row, divided by their number.
 *
 * <p>Operands: u F32 for each sequence. Result: as u, for each row.
 */
public record SequenceMeanGradient() implements Operation {
  @Override
  public String name() {
    return "sequence_mean_gradient";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    Value u = operands.getFirst();
    Operands.type(u, DType.F32);
    Operands.check(u.extent() == Extent.SEQUENCE, "needs %s to have an item for each sequence", u);
    return new Signature(DType.F32, Extent.ROW, u.shape());
  }
}
