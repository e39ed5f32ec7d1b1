package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.SelectedRowsWeightGradient;
import org.terraformer.ports.operation.gradient.SumOverItems;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * The sum of chosen groups of rows, weighted: {@code y[i] = sum_{b,g} x[b, g] * w[b, index[b], g, i] + bias[i]}. Only the chosen rows
 * are read.
 *
 * <p>Operands: x F32 [blocks, group]; w matrix [blocks, choices, group, n]; index I32 [blocks]; if biased, bias vector [n].
 * Result: F32 [n].
 *
 * @param ofRelu whether x is the result of a ReLU: then the gradient of an element that is 0 goes no further, and is left out
 */
public record SelectedRowsSum(boolean biased, boolean ofRelu) implements Operation {
  public SelectedRowsSum(boolean biased) {
    this(biased, false);
  }

  @Override
  public String name() {
    return "selected_rows_sum";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, biased ? 4 : 3);
    Value x = operands.getFirst();
    Value weight = operands.get(1);
    Operands.type(x, DType.F32);
    Operands.kind(weight, Value.Kind.MATRIX);
    Operands.check(weight.shape().rank() == 4, "needs a weight [blocks, choices, group, width] but got %s", weight);
    Operands.elements(x, weight.shape().axis(0) * weight.shape().axis(2));
    Operands.type(operands.get(2), DType.I32);
    Operands.sameExtent(x, operands.get(2));
    Operands.shape(operands.get(2), weight.shape().axis(0));
    if (biased) {
      Operands.kind(operands.get(3), Value.Kind.VECTOR);
      Operands.elements(operands.get(3), weight.shape().columns());
    }
    return Signature.like(x, Shape.of(weight.shape().columns()));
  }

  @Override
  public Shape readForOneRow(Value weight) {
    boolean selected = weight.kind() == Value.Kind.MATRIX;
    return selected ? Shape.of(weight.shape().axis(0), weight.shape().axis(2), weight.shape().axis(3)) : weight.shape();
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, ofRelu
          ? adjoint.apply(new SelectedRowsDotWhere(), adjoint.upstream(), adjoint.operand(1), adjoint.operand(2), adjoint.operand(0))
          : adjoint.apply(new SelectedRowsDot(), adjoint.upstream(), adjoint.operand(1), adjoint.operand(2)));
    }
    if (adjoint.wants(1)) {
      SelectedRowsWeightGradient gradient = new SelectedRowsWeightGradient(adjoint.operand(1).shape().axis(1));
      adjoint.add(1, adjoint.apply(gradient, adjoint.operand(0), adjoint.upstream(), adjoint.operand(2)));
    }
    if (biased && adjoint.wants(3)) {
      adjoint.add(3, adjoint.apply(SumOverItems.like(adjoint.operand(3)), adjoint.upstream()));
    }
  }
}
