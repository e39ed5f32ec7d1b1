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
 * Fixed sinusoidal position features, sines first: for i below width/2, element i is sin(p * w_i) and element width/2 + i is
 * cos(p * w_i), with w_i = 10000^(-2i/width).
 *
 * <p>Operands: row positions (I32 scalar for each row). Result: F32 [width], width even.
 */
public record Sinusoid(int width) implements Operation {
  @Override
  public String name() {
    return "sinusoid";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    Operands.type(operands.getFirst(), DType.I32);
    Operands.elements(operands.getFirst(), 1);
    Operands.check(width > 0 && width % 2 == 0, "needs an even width but has %d", width);
    return Signature.like(operands.getFirst(), Shape.of(width));
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    // Positions have no gradient.
  }
}
