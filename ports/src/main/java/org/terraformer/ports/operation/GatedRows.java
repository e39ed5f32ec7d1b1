package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.GatedRowsGatesGradient;
import org.terraformer.ports.operation.gradient.GatedRowsGradient;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * The rows of a matrix multiplied by each of several gates: {@code y[s * rows + m, i] = gates[s, i] * w[m, i]}. A {@link Linear} with y is a
 * {@link Gate} followed by one with w; for many vectors it is less work, since the gates are applied once and not to each vector.
 *
 * <p>Operands: gates vector [modules, n]; w matrix [rows, n]. Result: one F32 [modules * rows, n].
 */
public record GatedRows() implements Operation {
  @Override
  public String name() {
    return "gated_rows";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value gates = operands.getFirst();
    Value matrix = operands.get(1);
    Operands.kind(gates, Value.Kind.VECTOR);
    Operands.kind(matrix, Value.Kind.MATRIX);
    Operands.check(gates.shape().rank() == 2 && matrix.shape().rank() == 2 && gates.shape().columns() == matrix.shape().columns(),
        "needs gates [modules, n] for a matrix [rows, n] but got %s and %s", gates, matrix);
    return new Signature(DType.F32, Extent.FIXED,
        Shape.of(Math.multiplyExact(gates.shape().axis(0), matrix.shape().axis(0)), matrix.shape().columns()));
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(new GatedRowsGatesGradient(), adjoint.upstream(), adjoint.operand(1)));
    }
    if (adjoint.wants(1)) {
      adjoint.add(1, adjoint.apply(new GatedRowsGradient(), adjoint.upstream(), adjoint.operand(0)));
    }
  }
}
