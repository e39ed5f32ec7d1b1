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
 * The gradients of {@code simple_recurrence} with respect to its input and its gates, for whole sequences, from the last row to the first: with
 * {@code a = dc + u * sigmoid(r)}, {@code dr = u * (c - sqrt(3) x) * r'}, {@code df = a * (c_before - y) * f'}, {@code dy = a * (1 - sigmoid(f))},
 * {@code dx = u * sqrt(3) * (1 - sigmoid(r))} and {@code dc = a * sigmoid(f)} for the row before.
 *
 * <p>Operands: x F32 [n]; gates F32 [3n]; u F32 [n], all for each row. Result: F32 [4n]: dx, dr, df, dy.
 */
public record SimpleRecurrenceGradient() implements Operation {
  @Override
  public String name() {
    return "simple_recurrence_gradient";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 3);
    for (Value operand : operands) {
      Operands.type(operand, DType.F32);
      Operands.check(operand.extent() == Extent.ROW, "needs %s to have an item for each row", operand);
    }
    long n = operands.getFirst().shape().elements();
    Operands.elements(operands.get(1), 3 * n);
    Operands.elements(operands.get(2), n);
    return Signature.like(operands.getFirst(), Shape.of(4 * n));
  }
}
