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
 * The largest elements of a vector with their indices, the largest first, of equal ones the one with the lower index; so many as the run
 * asks for. Of a vector with elements that are NaN nothing is said.
 *
 * <p>Operands: x F32 [choices]; count I32 scalar, one for all. Result: F32 [most, 2], pairs of an element and its index, which F32 holds
 * exactly; behind the first {@code count} of them 0.
 *
 * @param most pairs that there are at most
 */
public record TopValues(int most) implements Operation {
  /** Elements that a vector may have: what F32 counts. */
  private static final int MOST_CHOICES = 1 << 24;

  @Override
  public String name() {
    return "top_values";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value x = operands.get(0);
    Operands.type(x, DType.F32);
    Operands.check(x.shape().rank() == 1 && x.width() <= MOST_CHOICES, "needs a vector of at most %d elements but got %s", MOST_CHOICES, x);
    Operands.check(most > 0 && most <= x.width(), "gives from 1 to %d elements but is to give %d", x.width(), most);
    Operands.type(operands.get(1), DType.I32);
    Operands.elements(operands.get(1), 1);
    Operands.check(operands.get(1).extent() == Extent.FIXED, "needs one count for all but got %s", operands.get(1));
    return new Signature(DType.F32, x.extent(), Shape.of(most, 2));
  }
}
