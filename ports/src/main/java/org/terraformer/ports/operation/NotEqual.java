package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * One where an integer differs from a constant, else zero; with the padding id it is the padding mask.
 *
 * <p>Operands: x I32. Result: I32 as x.
 */
public record NotEqual(int value) implements Operation {
  @Override
  public String name() {
    return "not_equal";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    Operands.type(operands.getFirst(), DType.I32);
    return new Signature(DType.I32, operands.getFirst().extent(), operands.getFirst().shape());
  }
}
