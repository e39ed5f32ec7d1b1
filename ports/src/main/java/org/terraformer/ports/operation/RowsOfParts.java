package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;

/**
 * Parts of rows, as {@link PartOfRows} gives them, one behind the other.
 *
 * <p>Operands: all {@link Extent#PARTS} parts, alike. Result: as a part, for each row or each kept row.
 *
 * @param extent rows or kept rows
 */
public record RowsOfParts(Extent extent) implements Operation {
  @Override
  public String name() {
    return "rows_of_parts";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, Extent.PARTS);
    Operands.check(extent == Extent.ROW || extent == Extent.KEPT_ROW, "gives rows, not %s", extent);
    Value first = operands.getFirst();
    for (Value part : operands) {
      Operands.check(part.extent() == Extent.PART, "needs %s to have an item for each row of a part", part);
      Operands.type(part, first.dtype());
      Operands.shape(part, first.shape().toArray());
    }
    return new Signature(first.dtype(), extent, first.shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    for (int part = 0; part < Extent.PARTS; part++) {
      if (adjoint.wants(part)) {
        adjoint.add(part, adjoint.apply(new PartOfRows(part), adjoint.upstream()));
      }
    }
  }
}
