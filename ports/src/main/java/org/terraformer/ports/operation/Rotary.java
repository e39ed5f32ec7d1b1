package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.RotaryTransposed;
import org.terraformer.ports.tensor.DType;

/**
 * Rotary position embedding in its half-split form, on each vector along the innermost axis: with n its length, i below n/2 and
 * a = position * base^(-2i/n), (x_i, x_{i+n/2}) becomes (x_i cos a - x_{i+n/2} sin a, x_{i+n/2} cos a + x_i sin a).
 *
 * <p>Operands: x F32 [..., n], n even; row positions (I32 scalar for each row). Result: as x.
 */
public record Rotary(float base) implements Operation {
  @Override
  public String name() {
    return "rotary";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value x = operands.getFirst();
    Operands.type(x, DType.F32);
    Operands.type(operands.get(1), DType.I32);
    Operands.sameExtent(x, operands.get(1));
    Operands.check(x.shape().columns() % 2 == 0, "needs an even innermost axis but got %s", x);
    return Signature.like(x, x.shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(new RotaryTransposed(base), adjoint.upstream(), adjoint.operand(1)));
    }
  }
}
