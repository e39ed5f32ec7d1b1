package org.terraformer.ports.kernel;

import java.util.List;

/** One recorded operation with its operands and its result. */
public record Step(Operation operation, List<Value> operands, Value result) {
  public Step {
    operands = List.copyOf(operands);
  }
}
