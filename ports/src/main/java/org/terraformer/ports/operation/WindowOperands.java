package org.terraformer.ports.operation;

import java.util.ArrayList;
import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.Columns;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/** What attentions of queries, keys and values have in common: their operands' shapes, and how their gradients are parted. */
final class WindowOperands {
  private WindowOperands() {}

  /**
   * @param masked whether the operand behind q, k and v is a mask
   * @return the signature of the result
   */
  static Signature check(List<Value> operands, int heads, boolean masked) {
    for (Value x : operands.subList(0, 3)) {
      Operands.type(x, DType.F32);
      Operands.check(x.extent() == Extent.ROW, "needs %s to have an item for each row", x);
      Operands.check(heads > 0 && x.shape().elements() % heads == 0, "needs %s to divide into %d heads", x, heads);
    }
    Operands.elements(operands.get(1), operands.getFirst().shape().elements());
    if (masked) {
      mask(operands.get(3));
    }
    return Signature.like(operands.getFirst(), Shape.of(operands.get(2).shape().elements()));
  }

  static void mask(Value mask) {
    Operands.type(mask, DType.I32);
    Operands.check(mask.extent() == Extent.ROW && mask.shape().elements() == 1, "needs a mask with an item for each row but got %s", mask);
  }

  static void caches(Value keys, Value values, List<Value> operands) {
    Operands.check(keys.extent() == Extent.CONTEXT && values.extent() == Extent.CONTEXT,
        "needs a key cache and a value cache but got %s and %s", keys, values);
    Operands.elements(keys, operands.get(1).shape().elements());
    Operands.elements(values, operands.get(2).shape().elements());
  }

  /**
   * Records a gradient whose result are the gradients with respect to q, k and v, one behind the other.
   *
   * @param gradient takes q, k, v, the gradient of the result, and the further operands
   * @param until the number of the step's first operands that the gradient takes
   */
  static void differentiate(Adjoint adjoint, Operation gradient, int until) {
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
   * Checks the first operands of a gradient: q, k, v and the gradient of the result; gives the signature of dq, dk, dv, one
   * behind the other.
   */
  static Signature checkGradient(List<Value> operands) {
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
