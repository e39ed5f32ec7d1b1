package org.terraformer.ports.operation.gradient;

import java.util.List;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * The gradient of {@code part_of_rows}: a part where it belongs, and zeros in all other rows.
 *
 * <p>Operands: u F32 for each row of a part. Result: as u, for each row or each kept row.
 *
 * @param part from 0
 * @param extent rows or kept rows
 */
public record PartOfRowsGradient(int part, Extent extent) implements Operation {
  @Override
  public String name() {
    return "part_of_rows_gradient";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    Value u = operands.getFirst();
    Operands.type(u, DType.F32);
    Operands.check(u.extent() == Extent.PART, "needs %s to have an item for each row of a part", u);
    return new Signature(DType.F32, extent, u.shape());
  }
}
