package org.terraformer.ports.operation.gradient;

import java.util.List;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * The rotation of {@code rotary} by the negative angle: its inverse and its gradient.
 *
 * <p>Operands: u F32 [..., n], n even; row positions (I32 scalar for each row). Result: as u.
 */
public record RotaryTransposed(float base) implements Operation {
  @Override
  public String name() {
    return "rotary_transposed";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value u = operands.getFirst();
    Operands.type(u, DType.F32);
    Operands.type(operands.get(1), DType.I32);
    Operands.sameExtent(u, operands.get(1));
    Operands.check(u.shape().columns() % 2 == 0, "needs an even innermost axis but got %s", u);
    return Signature.like(u, u.shape());
  }
}
