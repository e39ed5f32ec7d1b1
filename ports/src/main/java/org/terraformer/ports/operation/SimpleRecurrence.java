package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.Columns;
import org.terraformer.ports.operation.gradient.SimpleRecurrenceGradient;
import org.terraformer.ports.tensor.DType;

/**
 * The recurrence of the simple recurrent unit. The gates' pre-activations are r, f, y, n elements each in this order;
 * {@code c_t = sigmoid(f) * c_{t-1} + (1 - sigmoid(f)) * y} and {@code h_t = sigmoid(r) * c_t + sqrt(3) * (1 - sigmoid(r)) * x}. The carry c is
 * zero before position 0; that of earlier runs comes from the state.
 *
 * <p>Operands: x F32 [n] and gates F32 [3n] for each row; start positions; carry state [n] for each slot. Result: as x.
 */
public record SimpleRecurrence() implements Operation {
  @Override
  public String name() {
    return "simple_recurrence";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 4);
    Value x = operands.getFirst();
    Operands.type(x, DType.F32);
    Operands.type(operands.get(1), DType.F32);
    Operands.check(x.extent() == Extent.ROW && operands.get(1).extent() == Extent.ROW, "needs %s and %s to have an item for each row",
        x, operands.get(1));
    Operands.elements(operands.get(1), 3 * x.shape().elements());
    Operands.startPositions(operands.get(2));
    Operands.kind(operands.get(3), Value.Kind.STATE);
    Operands.elements(operands.get(3), x.shape().elements());
    return Signature.like(x, x.shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0) || adjoint.wants(1)) {
      Value all = adjoint.apply(new SimpleRecurrenceGradient(), adjoint.operand(0), adjoint.operand(1), adjoint.upstream());
      long n = adjoint.operand(0).shape().elements();
      if (adjoint.wants(0)) {
        adjoint.add(0, adjoint.apply(new Columns(0, n), all));
      }
      if (adjoint.wants(1)) {
        adjoint.add(1, adjoint.apply(new Columns(n, 4 * n), all));
      }
    }
  }
}
