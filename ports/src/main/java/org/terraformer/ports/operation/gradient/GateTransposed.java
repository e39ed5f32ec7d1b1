package org.terraformer.ports.operation.gradient;

import java.util.List;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * The gradient of {@code gate} with respect to its input: {@code y[i] = sum_s u[s, i] * gates[s, i]}.
 *
 * <p>Operands: u F32 [modules, n]; gates vector [modules, n]. Result: F32 [n].
 */
public record GateTransposed() implements Operation {
  @Override
  public String name() {
    return "gate_transposed";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value u = operands.getFirst();
    operands.forEach(operand -> Operands.type(operand, DType.F32));
    Operands.kind(operands.get(1), Value.Kind.VECTOR);
    Operands.check(operands.get(1).shape().rank() == 2 && operands.get(1).shape().elements() == u.shape().elements(),
        "needs gates [modules, n] for %s but got %s", u, operands.get(1));
    return Signature.like(u, Shape.of(operands.get(1).shape().columns()));
  }
}
