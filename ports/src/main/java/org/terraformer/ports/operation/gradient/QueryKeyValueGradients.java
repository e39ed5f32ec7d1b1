package org.terraformer.ports.operation.gradient;

import java.util.ArrayList;
import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/** What gradients of attentions have in common: one operation gives those with respect to queries, keys and values, one behind the other. */
public final class QueryKeyValueGradients {
  private QueryKeyValueGradients() {}

  /**
   * Records the gradient of a step whose first operands are q, k and v, and adds to theirs.
   *
   * @param gradient takes q, k, v, the gradient of the step's result, and the further operands
   * @param until the number of the step's first operands that the gradient takes
   */
  public static void record(Adjoint adjoint, Operation gradient, int until) {
    if (!adjoint.wants(0) && !adjoint.wants(1) && !adjoint.wants(2)) {
      return;
    }
    List<Value> operands = new ArrayList<>(List.of(adjoint.operand(0), adjoint.operand(1), adjoint.operand(2), adjoint.upstream()));
    for (int i = 3; i < until; i++) {
      operands.add(adjoint.operand(i));
    }
    Value all = adjoint.apply(gradient, operands.toArray(Value[]::new));
    long from = 0;
    for (int operand = 0; operand < 3; operand++) {
      long to = from + adjoint.operand(operand).shape().elements();
      if (adjoint.wants(operand)) {
        adjoint.add(operand, adjoint.apply(new Columns(from, to), all));
      }
      from = to;
    }
  }

  /**
   * Checks the first operands of such a gradient: q F32 [d], k F32 [d], v F32 [dv] and the gradient of the result F32 [dv], all for each row.
   *
   * @return the signature of dq, dk, dv, one behind the other: F32 [d + d + dv]
   */
  public static Signature check(List<Value> operands) {
    for (Value operand : operands.subList(0, 4)) {
      Operands.type(operand, DType.F32);
      Operands.check(operand.extent() == Extent.ROW, "needs %s to have an item for each row", operand);
    }
    long keys = operands.getFirst().shape().elements();
    long values = operands.get(2).shape().elements();
    Operands.elements(operands.get(1), keys);
    Operands.elements(operands.get(3), values);
    return Signature.like(operands.getFirst(), Shape.of(2 * keys + values));
  }
}
