package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.random.SeededNumbers;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * Draws an element of each block with the probabilities {@code softmax(x / temperature)}: the first one at which the sum of the
 * probabilities so far exceeds a number drawn evenly from [0, 1). These are the choices that {@link BlockArgmax} makes of {@link GumbelNoise},
 * for one random number a block and no logarithms.
 *
 * <p>Operands: x F32 [blocks, choices]; seed I32 scalar. Result: I32 [blocks].
 *
 * @param stream tells draws of the same run apart
 * @param temperature above 0
 */
public record BlockDraw(int stream, float temperature) implements Operation {

  /** The number in [0, 1) that decides for a block, counted over all items. */
  public float at(int seed, long block) {
    return SeededNumbers.at(seed, stream, block);
  }

  @Override
  public String name() {
    return "block_draw";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value x = operands.getFirst();
    Operands.type(x, DType.F32);
    Operands.type(operands.get(1), DType.I32);
    Operands.elements(operands.get(1), 1);
    Operands.check(x.shape().rank() == 2 && x.shape().columns() > 0, "needs blocks [blocks, choices] but got %s", x);
    return new Signature(DType.I32, x.extent(), Shape.of(x.shape().axis(0)));
  }
}
