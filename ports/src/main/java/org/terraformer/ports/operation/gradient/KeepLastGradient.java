package org.terraformer.ports.operation.gradient;

import java.util.List;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * The gradient of {@code keep_last}: the kept rows at their places, zero for the others.
 *
 * <p>Operands: u F32 for each kept row. Result: u for each row.
 */
public record KeepLastGradient() implements Operation {
  @Override
  public String name() {
    return "keep_last_gradient";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    Value u = operands.getFirst();
    Operands.type(u, DType.F32);
    Operands.check(u.extent() == Extent.KEPT_ROW, "needs %s to have an item for each kept row", u);
    return new Signature(DType.F32, Extent.ROW, u.shape());
  }
}
