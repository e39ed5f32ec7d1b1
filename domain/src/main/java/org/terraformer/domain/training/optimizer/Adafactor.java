package org.terraformer.domain.training.optimizer;

import java.lang.foreign.SegmentAllocator;
import java.util.Optional;
import org.terraformer.domain.config.Options;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.recording.Factoring;
import org.terraformer.ports.tensor.Tensor;

/**
 * Adafactor (Shazeer and Stern 2018) as trax computes it. With {@code beta = 1 - (t + 1)^-decayRate} at step t:
 *
 * <ul>
 *   <li>a parameter of two or more axes, seen as matrices over its last two or as a {@link Factoring} says: {@code R = beta R +
 *       (1 - beta) mean(g^2 of a row)}, {@code C} likewise over columns, {@code y = g * sqrt(mean(R) / (R + epsilon1)) / sqrt(C +
 *     epsilon1)};
 *   <li>others, and all if not {@code factored}: {@code V = beta V + (1 - beta) g^2}, {@code y = g / sqrt(V + epsilon1)};
 *   <li>clipping: {@code y = y / max(1, rms(y) / clippingThreshold)};
 *   <li>{@code u = rate * max(rms(w), epsilon2) * y}, without the maximum if not {@code multiplyByParameterScale};
 *   <li>momentum: {@code m = beta1 m + (1 - beta1) u}, {@code u = m};
 *   <li>{@code w = (1 - decay) w - u}; the decay is {@code weightDecayRate}, falling linearly to 0 over {@code weightDecaySteps} if
 *       these are not 0.
 * </ul>
 *
 * Slots: {@code v_row} and {@code v_col}, or {@code v}, then {@code momentum} if there is one; zeros. The means are taken in double
 * precision.
 */
public record Adafactor(boolean factored, boolean multiplyByParameterScale, boolean clipping, boolean momentum, double beta1,
    double decayRate, double clippingThreshold, double weightDecayRate, long weightDecaySteps, double epsilon1, double epsilon2)
    implements Optimizer {
  /** trax's settings. */
  public static final Adafactor DEFAULTS = new Adafactor(true, true, true, false, 0, 0.8, 1, 1e-5, 0, 1e-16, 1e-3);

  /**
   * @throws InvalidInputException if a number is out of its range
   */
  public Adafactor {
    Settings.check("beta1 of Adafactor", beta1, 0, Settings.BELOW_ONE);
    Settings.check("decay rate of Adafactor", decayRate, 0, 10);
    Settings.check("clipping threshold of Adafactor", clippingThreshold, Float.MIN_NORMAL, Float.MAX_VALUE);
    Settings.check("weight decay rate of Adafactor", weightDecayRate, 0, 1);
    Settings.check("number of weight decay steps of Adafactor", weightDecaySteps, 0, Long.MAX_VALUE);
    Settings.check("epsilon1 of Adafactor", epsilon1, Float.MIN_NORMAL, 1);
    Settings.check("epsilon2 of Adafactor", epsilon2, 0, Float.MAX_VALUE);
    if (beta1 != 0 && !momentum) {
      throw InvalidInputException.of("The beta1 of Adafactor is %s but must be 0 where do_momentum is false.", beta1);
    }
  }

  static Adafactor of(Options options) {
    return new Adafactor(options.flag("factored", DEFAULTS.factored),
        options.flag("multiply_by_parameter_scale", DEFAULTS.multiplyByParameterScale),
        options.flag("do_clipping", DEFAULTS.clipping),
        options.flag("do_momentum", DEFAULTS.momentum),
        Settings.number(options, "beta1", DEFAULTS.beta1),
        Settings.number(options, "decay_rate", DEFAULTS.decayRate),
        Settings.number(options, "clipping_threshold", DEFAULTS.clippingThreshold),
        Settings.number(options, "weight_decay_rate", DEFAULTS.weightDecayRate),
        options.integer("weight_decay_n_steps", 0, Integer.MAX_VALUE, 0),
        Settings.number(options, "epsilon1", DEFAULTS.epsilon1),
        Settings.number(options, "epsilon2", DEFAULTS.epsilon2));
  }

  @Override
  public ParameterUpdate attach(Tensor weight, Tensor gradient, SegmentAllocator slotMemory) {
    return attach(weight, gradient, Factoring.lastAxes(weight.shape()), slotMemory);
  }

  @Override
  public ParameterUpdate attach(Tensor weight, Tensor gradient, Optional<Factoring> factoring, SegmentAllocator slotMemory) {
    Slots slots = new Slots(weight, gradient, slotMemory);
    SecondMoment moment = factored && factoring.isPresent()
        ? new FactoredMoment(weight.shape(), factoring.get(), slots, (float) epsilon1)
        : new FullMoment(weight.shape(), slots, (float) epsilon1);
    return new AdafactorUpdate(this, weight, gradient, moment, slots);
  }

  /** How much of its past a second moment keeps at a step. */
  float decay(long step) {
    return (float) (1 - Math.pow(step + 1.0, -decayRate));
  }

  /** The share that a weight loses at a step. */
  float weightDecay(long step) {
    if (weightDecaySteps == 0) {
      return (float) weightDecayRate;
    }
    return (float) (weightDecayRate * Math.max(weightDecaySteps - step, 0) / weightDecaySteps);
  }
}
