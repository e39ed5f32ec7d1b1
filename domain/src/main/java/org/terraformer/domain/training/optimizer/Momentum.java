package org.terraformer.domain.training.optimizer;

import java.lang.foreign.SegmentAllocator;
import java.util.List;
import org.terraformer.domain.config.Options;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.Tensor;

/**
 * Gradient descent with momentum (Sutskever et al. 2013): {@code v = mass * v + g}, then
 * {@code w = (1 - decay) * w - rate * u} with {@code u = mass * v + g} (Nesterov) or {@code u = v}. Slot: {@code velocity}, zeros.
 */
public record Momentum(double mass, double weightDecayRate, boolean nesterov) implements Optimizer {
  /** trax's settings. */
  public static final Momentum DEFAULTS = new Momentum(0.9, 1e-5, true);

  /**
   * @throws InvalidInputException if a number is out of its range
   */
  public Momentum {
    Settings.check("mass of the momentum optimizer", mass, 0, Settings.BELOW_ONE);
    Settings.check("weight decay rate of the momentum optimizer", weightDecayRate, 0, 1);
  }

  static Momentum of(Options options) {
    return new Momentum(Settings.number(options, "mass", DEFAULTS.mass),
        Settings.number(options, "weight_decay_rate", DEFAULTS.weightDecayRate), options.flag("nesterov", DEFAULTS.nesterov));
  }

  @Override
  public ParameterUpdate attach(Tensor weight, Tensor gradient, SegmentAllocator slotMemory) {
    Tensor velocity = new Slots(weight, gradient, slotMemory).make("velocity", 0);
    return new ElementwiseUpdate(weight, gradient, List.of(velocity), (step, tile, count) ->
        update(tile.weight, tile.gradient, tile.first, count, (float) mass, 1 - (float) weightDecayRate, (float) step.learningRate()));
  }

  private void update(float[] w, float[] g, float[] v, int count, float mu, float keep, float rate) {
    if (nesterov) {
      for (int i = 0; i < count; i++) {
        float velocity = mu * v[i] + g[i];
        v[i] = velocity;
        w[i] = keep * w[i] - rate * (mu * velocity + g[i]);
      }
    } else {
      for (int i = 0; i < count; i++) {
        float velocity = mu * v[i] + g[i];
        v[i] = velocity;
        w[i] = keep * w[i] - rate * velocity;
      }
    }
  }
}
