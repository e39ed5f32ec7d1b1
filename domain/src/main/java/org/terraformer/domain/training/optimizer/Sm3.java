package org.terraformer.domain.training.optimizer;

import java.lang.foreign.SegmentAllocator;
import org.terraformer.domain.config.Options;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.Tensor;

/**
 * SM3 (Anil et al. 2019) with momentum as an average: for an element with the index i_k on axis k,
 * {@code a = min over k of v_k[i_k] + g^2}, {@code u = g / (sqrt(a) + 1e-16) + decay * w}, {@code m = momentum * m + (1 - momentum) * u},
 * {@code w = w - rate * m}, and the new {@code v_k[j]} is the largest a whose index on axis k is j.
 * Slots: {@code momentum} unless it is 0, then {@code v0}, {@code v1}, ... for the axes; zeros.
 */
public record Sm3(double momentum, double weightDecay) implements Optimizer {
  /** trax's settings. */
  public static final Sm3 DEFAULTS = new Sm3(0.9, 0);

  /**
   * @throws InvalidInputException if a number is out of its range
   */
  public Sm3 {
    Settings.check("momentum of SM3", momentum, 0, Settings.BELOW_ONE);
    Settings.check("weight decay of SM3", weightDecay, 0, 1);
  }

  static Sm3 of(Options options) {
    return new Sm3(Settings.number(options, "momentum", DEFAULTS.momentum),
        Settings.number(options, "weight_decay", DEFAULTS.weightDecay));
  }

  @Override
  public ParameterUpdate attach(Tensor weight, Tensor gradient, SegmentAllocator slotMemory) {
    return new Sm3Update(this, weight, gradient, new Slots(weight, gradient, slotMemory));
  }
}
