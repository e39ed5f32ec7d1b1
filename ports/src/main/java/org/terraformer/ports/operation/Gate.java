package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.GateGradient;
import org.terraformer.ports.operation.gradient.GateTransposed;
import org.terraformer.ports.tensor.DType;

/**
 * Multiplies one vector by each of several gates: {@code y[s, i] = x[i] * gates[s, i]}. Followed by {@link Linear} it is the
 * multiplicative dense layer.
 *
 * <p>Operands: x F32 [n]; gates vector [modules, n]. Result: F32 [modules, n].
 */
public record Gate() implements Operation {
  @Override
  public String name() {
    return "gate";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value x = operands.getFirst();
    Value gates = operands.get(1);
    Operands.type(x, DType.F32);
    Operands.kind(gates, Value.Kind.VECTOR);
    Operands.check(gates.shape().rank() == 2 && gates.shape().columns() == x.shape().elements(),
        "needs gates [modules, %d] but got %s", x.shape().elements(), gates);
    return Signature.like(x, gates.shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(new GateTransposed(), adjoint.upstream(), adjoint.operand(1)));
    }
    if (adjoint.wants(1)) {
      adjoint.add(1, adjoint.apply(new GateGradient(), adjoint.upstream(), adjoint.operand(0)));
    }
  }
}
