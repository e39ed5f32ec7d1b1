package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * One where the row stands at this position, else zero.
 *
 * <p>Operands: row positions (I32 scalar for each row). Result: F32 [1].
 */
public record PositionEquals(int position) implements Operation {
  @Override
  public String name() {
    return "position_equals";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    Operands.type(operands.getFirst(), DType.I32);
    Operands.elements(operands.getFirst(), 1);
    return Signature.like(operands.getFirst(), Shape.of(1));
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    // Positions have no gradient.
  }
}
