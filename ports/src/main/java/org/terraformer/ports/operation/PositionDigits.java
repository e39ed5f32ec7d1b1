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
 * The digits of a position in several number bases, as floats: element [i, b] is {@code (position / bases[b]^i) mod bases[b]}.
 *
 * <p>Operands: row positions (I32 scalar for each row). Result: F32 [digits, bases].
 */
public record PositionDigits(List<Integer> bases, int digits) implements Operation {
  public PositionDigits {
    bases = List.copyOf(bases);
  }

  @Override
  public String name() {
    return "position_digits";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    Operands.type(operands.getFirst(), DType.I32);
    Operands.elements(operands.getFirst(), 1);
    return Signature.like(operands.getFirst(), Shape.of(digits, bases.size()));
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    // Positions have no gradient.
  }
}
