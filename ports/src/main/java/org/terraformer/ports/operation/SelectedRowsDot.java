package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.SelectedRowsWeightGradient;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * Dot products with chosen groups of rows: {@code y[b, g] = sum_i x[i] * w[b, index[b], g, i]}. Only the chosen rows are read.
 *
 * <p>Operands: x F32 [n]; w matrix [blocks, choices, group, n]; index I32 [blocks]. Result: F32 [blocks, group].
 */
public record SelectedRowsDot() implements Operation {
  @Override
  public String name() {
    return "selected_rows_dot";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 3);
    Value x = operands.getFirst();
    Value weight = operands.get(1);
    Operands.type(x, DType.F32);
    Operands.kind(weight, Value.Kind.MATRIX);
    Operands.check(weight.shape().rank() == 4, "needs a weight [blocks, choices, group, width] but got %s", weight);
    Operands.elements(x, weight.shape().columns());
    Operands.type(operands.get(2), DType.I32);
    Operands.sameExtent(x, operands.get(2));
    Operands.shape(operands.get(2), weight.shape().axis(0));
    return Signature.like(x, Shape.of(weight.shape().axis(0), weight.shape().axis(2)));
  }

  @Override
  public Shape readForOneRow(Value weight) {
    return Shape.of(weight.shape().axis(0), weight.shape().axis(2), weight.shape().axis(3));
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(new SelectedRowsSum(false), adjoint.upstream(), adjoint.operand(1), adjoint.operand(2)));
    }
    if (adjoint.wants(1)) {
      adjoint.add(1, adjoint.apply(new SelectedRowsWeightGradient(adjoint.operand(1).shape().axis(1)), adjoint.upstream(), adjoint.operand(0), adjoint.operand(2)));
    }
  }
}
