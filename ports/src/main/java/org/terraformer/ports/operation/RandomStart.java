package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * Positions as if sequences stood somewhere in a longer one, so that training meets positions beyond its length. With draws (a, b, c) from
 * [0, 1) and a row at position p: {@code y = 0} if {@code c >= 1 - hidden}, else {@code y = p + floor(b * limit)} if {@code a >= 1 - moved},
 * else {@code y = p}.
 *
 * <p>Operands: positions p (I32 scalar for each row); draws F32 [3], one for the run or for each sequence. Result: I32 scalar for each row.
 *
 * @param moved the probability of another start
 * @param limit starts are below it
 * @param hidden the probability that all rows have position 0
 */
public record RandomStart(float moved, int limit, float hidden) implements Operation {
  /** Random numbers that it takes. */
  public static final int DRAWS = 3;

  /** The position that a row has by its draws. */
  public int at(int position, float moving, float start, float hiding) {
    if (hiding >= 1 - hidden) {
      return 0;
    }
    return moving >= 1 - moved ? position + (int) ((double) start * limit) : position;
  }

  @Override
  public String name() {
    return "random_start";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Operands.type(operands.getFirst(), DType.I32);
    Operands.check(operands.getFirst().extent() == Extent.ROW && operands.getFirst().shape().elements() == 1,
        "needs the position of each row but got %s", operands.getFirst());
    Value draws = operands.get(1);
    Operands.type(draws, DType.F32);
    Operands.elements(draws, DRAWS);
    Operands.check(draws.extent() == Extent.FIXED || draws.extent() == Extent.SEQUENCE,
        "needs %s to be for the run or for each sequence", draws);
    Operands.check(moved >= 0 && moved <= 1 && hidden >= 0 && hidden <= 1 && limit > 0, "needs probabilities and a positive limit but has %s", this);
    return new Signature(DType.I32, Extent.ROW, Shape.of());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    // Positions have no gradient.
  }
}
