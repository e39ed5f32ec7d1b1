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
 * The gradient of {@code gated_rows} with respect to its matrix: {@code y[m, i] = sum_s u[s * rows + m, i] * gates[s, i]}.
 *
 * <p>Operands: u one F32 [modules * rows, n]; gates vector [modules, n]. Result: one F32 [rows, n].
 */
public record GatedRowsGradient() implements Operation {
  @Override
  public String name() {
    return "gated_rows_gradient";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value u = operands.getFirst();
    Value gates = operands.get(1);
    GatedRowsGatesGradient.check(u, gates);
    Operands.kind(gates, Value.Kind.VECTOR);
    return new Signature(DType.F32, Extent.FIXED, Shape.of(u.shape().rows() / gates.shape().rows(), u.shape().columns()));
  }
}
