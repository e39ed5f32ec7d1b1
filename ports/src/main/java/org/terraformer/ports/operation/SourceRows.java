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
 * The rows of the source, or those of the target that stands right behind it in the same sequence; the others become zero. With n source
 * tokens and a row at position p, {@code y = (p < n) == source ? x : 0}.
 *
 * <p>Operands: x F32 for each row; row positions (I32 scalar for each row); source lengths n (I32 scalar for each sequence). Result: as x.
 *
 * @param source whether source rows stay, or target rows
 */
public record SourceRows(boolean source) implements Operation {
  @Override
  public String name() {
    return "source_rows";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 3);
    Value x = operands.getFirst();
    Operands.type(x, DType.F32);
    Operands.check(x.extent() == Extent.ROW, "needs %s to have an item for each row", x);
    TargetPositions.check(operands.get(1), operands.get(2));
    return Signature.like(x, x.shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(this, adjoint.upstream(), adjoint.operand(1), adjoint.operand(2)));
    }
  }
}
