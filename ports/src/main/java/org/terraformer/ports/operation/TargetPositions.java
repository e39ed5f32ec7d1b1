package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * The position of each row in the target, which stands behind n source tokens of the same sequence: {@code max(0, p - n)}.
 *
 * <p>Operands: row positions p (I32 scalar for each row); source lengths n (I32 scalar for each sequence). Result: I32 scalar for each row.
 */
public record TargetPositions() implements Operation {
  @Override
  public String name() {
    return "target_positions";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    check(operands.getFirst(), operands.get(1));
    return new Signature(DType.I32, Extent.ROW, Shape.of());
  }

  static void check(Value positions, Value lengths) {
    Operands.type(positions, DType.I32);
    Operands.type(lengths, DType.I32);
    Operands.check(positions.extent() == Extent.ROW && positions.shape().elements() == 1, "needs the position of each row but got %s", positions);
    Operands.check(lengths.extent() == Extent.SEQUENCE && lengths.shape().elements() == 1,
        "needs the source length of each sequence but got %s", lengths);
  }
}
