package org.terraformer.domain.training.optimizer;

import java.lang.foreign.SegmentAllocator;
import java.util.List;
import org.terraformer.ports.tensor.Tensor;

/** Stochastic gradient descent: {@code w = w - rate * g}. No slots. */
public record Sgd() implements Optimizer {

  @Override
  public ParameterUpdate attach(Tensor weight, Tensor gradient, SegmentAllocator slotMemory) {
    new Slots(weight, gradient, slotMemory);
    return new ElementwiseUpdate(weight, gradient, List.of(),
        (step, tile, count) -> update(tile.weight, tile.gradient, count, (float) step.learningRate()));
  }

  private static void update(float[] w, float[] g, int count, float rate) {
    for (int i = 0; i < count; i++) {
      w[i] -= rate * g[i];
    }
  }
}
