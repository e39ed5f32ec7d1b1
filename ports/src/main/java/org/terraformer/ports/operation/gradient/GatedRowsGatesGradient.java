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
 * The gradient of {@code gated_rows} with respect to the gates: {@code y[s, i] = sum_m u[s * rows + m, i] * w[m, i]}.
 *
 * <p>Operands: u one F32 [modules * rows, n]; w matrix [rows, n]. Result: one F32 [modules, n].
 */
public record GatedRowsGatesGradient() implements Operation {
  @Override
  public String name() {
    return "gated_rows_gates_gradient";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value u = operands.getFirst();
    Value matrix = operands.get(1);
    check(u, matrix);
    Operands.kind(matrix, Value.Kind.MATRIX);
    return new Signature(DType.F32, Extent.FIXED, Shape.of(u.shape().rows() / matrix.shape().rows(), u.shape().columns()));
  }

  /** That u is one matrix of rows as long as those of one of its factors, and of a multiple of them. */
  static void check(Value u, Value factor) {
    Operands.type(u, DType.F32);
    Operands.check(u.extent() == Extent.FIXED && u.shape().columns() == factor.shape().columns()
        && u.shape().rows() % factor.shape().rows() == 0, "needs one matrix of rows for %s but got %s", factor, u);
  }
}
