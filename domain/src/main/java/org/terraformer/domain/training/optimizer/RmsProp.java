package org.terraformer.domain.training.optimizer;

import java.lang.foreign.SegmentAllocator;
import java.util.List;
import org.terraformer.domain.config.Options;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.Tensor;

/**
 * RMSProp: {@code a = gamma * a + (1 - gamma) * g^2}, {@code w = w - rate * g / (sqrt(a) + epsilon)}.
 * Slot: {@code mean_square}, which starts with ones.
 */
public record RmsProp(double gamma, double epsilon) implements Optimizer {
  /** trax's settings. */
  public static final RmsProp DEFAULTS = new RmsProp(0.9, 1e-8);

  /**
   * @throws InvalidInputException if a number is out of its range
   */
  public RmsProp {
    Settings.check("gamma of RMSProp", gamma, 0, Settings.BELOW_ONE);
    Settings.check("epsilon of RMSProp", epsilon, Float.MIN_NORMAL, 1);
  }

  static RmsProp of(Options options) {
    return new RmsProp(Settings.number(options, "gamma", DEFAULTS.gamma), Settings.number(options, "eps", DEFAULTS.epsilon));
  }

  @Override
  public ParameterUpdate attach(Tensor weight, Tensor gradient, SegmentAllocator slotMemory) {
    Tensor meanSquare = new Slots(weight, gradient, slotMemory).make("mean_square", 1);
    return new ElementwiseUpdate(weight, gradient, List.of(meanSquare), (step, tile, count) ->
        update(tile.weight, tile.gradient, tile.first, count, (float) gamma, (float) epsilon, (float) step.learningRate()));
  }

  private static void update(float[] w, float[] g, float[] a, int count, float keep, float epsilon, float rate) {
    float add = 1 - keep;
    for (int i = 0; i < count; i++) {
      float average = keep * a[i] + add * g[i] * g[i];
      a[i] = average;
      w[i] -= rate * g[i] / ((float) Math.sqrt(average) + epsilon);
    }
  }
}
