package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * The index of the largest element of each block; of equal ones the first.
 *
 * <p>Operands: x F32 [blocks, choices]. Result: I32 [blocks].
 */
public record BlockArgmax() implements Operation {
  @Override
  public String name() {
    return "block_argmax";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    Value x = operands.getFirst();
    Operands.type(x, DType.F32);
    Operands.check(x.shape().rank() == 2 && x.shape().columns() > 0, "needs blocks [blocks, choices] but got %s", x);
    return new Signature(DType.I32, x.extent(), Shape.of(x.shape().axis(0)));
  }
}
