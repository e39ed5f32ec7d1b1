package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * The index of a position along one axis of a grid: {@code (position / stride) mod size}.
 *
 * <p>Operands: row positions (I32 scalar for each row). Result: I32 scalar for each row.
 */
public record PositionIndex(int stride, int size) implements Operation {
  @Override
  public String name() {
    return "position_index";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    Operands.type(operands.getFirst(), DType.I32);
    Operands.elements(operands.getFirst(), 1);
    Operands.check(stride > 0 && size > 0, "needs a positive stride and size but has %d and %d", stride, size);
    return new Signature(DType.I32, operands.getFirst().extent(), Shape.of());
  }
}
