package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.PartOfRowsGradient;

/**
 * One of the {@link Extent#PARTS} parts of a run's rows: with parts of s rows, those from {@code part * s} on, and zeros where
 * there are no more.
 *
 * <p>Operands: x for each row or each kept row. Result: as x, for each row of a part.
 *
 * @param part from 0
 */
public record PartOfRows(int part) implements Operation {
  @Override
  public String name() {
    return "part_of_rows";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    Value x = operands.getFirst();
    Operands.check(x.extent() == Extent.ROW || x.extent() == Extent.KEPT_ROW, "needs %s to have an item for each row", x);
    Operands.check(part >= 0 && part < Extent.PARTS, "needs a part from 0 to %d but has %d", Extent.PARTS - 1, part);
    return new Signature(x.dtype(), Extent.PART, x.shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      Extent extent = adjoint.operand(0).extent();
      adjoint.add(0, adjoint.apply(new PartOfRowsGradient(part, extent), adjoint.upstream()));
    }
  }
}
