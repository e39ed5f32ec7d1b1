package org.terraformer.ports.operation.gradient;

import java.util.List;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * The gradient of {@code gate} with respect to the gates: {@code y[s, i] = sum u[s, i] * x[i]} over all items.
 *
 * <p>Operands: u F32 [modules, n]; x F32 [n]. Result: one F32 [modules, n].
 */
public record GateGradient() implements Operation {
  @Override
  public String name() {
    return "gate_gradient";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value u = operands.getFirst();
    Value x = operands.get(1);
    operands.forEach(operand -> Operands.type(operand, DType.F32));
    Operands.sameExtent(u, x);
    Operands.check(u.shape().elements() % x.shape().elements() == 0, "needs the elements of %s to be a multiple of those of %s", u, x);
    return new Signature(DType.F32, Extent.FIXED, Shape.of(u.shape().elements() / x.shape().elements(), x.shape().elements()));
  }
}
