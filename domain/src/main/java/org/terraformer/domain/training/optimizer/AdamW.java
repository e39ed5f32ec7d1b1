package org.terraformer.domain.training.optimizer;

import java.lang.foreign.SegmentAllocator;
import java.util.List;
import org.terraformer.domain.config.Options;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.Tensor;

/**
 * AdamW (Loshchilov and Hutter 2019, Algorithm 2): {@code m = b1 * m + (1 - b1) * g}, {@code v = b2 * v + (1 - b2) * g^2}, and at step t
 * {@code w = w - rate * ((m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon) + decay * w)}.
 * Unlike in {@link Adam}, which is trax's, the decay is multiplied by the learning rate, and the exponent is t. Slots: {@code m} and
 * {@code v}, zeros.
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecayRate) implements Optimizer {
  /** The usual settings. */
  public static final AdamW DEFAULTS = new AdamW(0.9, 0.999, 1e-8, 0.01);

  /**
   * @throws InvalidInputException if a number is out of its range
   */
  public AdamW {
    Settings.check("b1 of AdamW", beta1, 0, Settings.BELOW_ONE);
    Settings.check("b2 of AdamW", beta2, 0, Settings.BELOW_ONE);
    Settings.check("epsilon of AdamW", epsilon, Float.MIN_NORMAL, 1);
    Settings.check("weight decay rate of AdamW", weightDecayRate, 0, 1);
  }

  static AdamW of(Options options) {
    return new AdamW(Settings.number(options, "b1", DEFAULTS.beta1), Settings.number(options, "b2", DEFAULTS.beta2),
        Settings.number(options, "eps", DEFAULTS.epsilon), Settings.number(options, "weight_decay_rate", DEFAULTS.weightDecayRate));
  }

  @Override
  public ParameterUpdate attach(Tensor weight, Tensor gradient, SegmentAllocator slotMemory) {
    Slots slots = new Slots(weight, gradient, slotMemory);
    return new ElementwiseUpdate(weight, gradient, List.of(slots.make("m", 0), slots.make("v", 0)), this::update);
  }

  private void update(UpdateStep step, Scratch tile, int count) {
    double rate = step.learningRate();
    double firstCorrection = 1 - Math.pow(beta1, step.number());
    double secondCorrection = 1 - Math.pow(beta2, step.number());
    Adam.update(tile.weight, tile.gradient, tile.first, tile.second, count, (float) beta1, (float) beta2,
        (float) (1 - rate * weightDecayRate), (float) (rate / firstCorrection), (float) (1 / secondCorrection), (float) epsilon);
  }
}
