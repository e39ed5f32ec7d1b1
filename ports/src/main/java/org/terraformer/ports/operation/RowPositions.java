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
 * The position of each row: the start position of its sequence plus its index in the run.
 *
 * <p>Operands: start positions (I32, one for each sequence). Result: I32 scalar for each row.
 */
public record RowPositions() implements Operation {
  @Override
  public String name() {
    return "row_positions";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    Operands.startPositions(operands.getFirst());
    return new Signature(DType.I32, Extent.ROW, Shape.of());
  }
}
