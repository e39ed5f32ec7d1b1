package org.terraformer.domain.training.optimizer;

import java.lang.foreign.SegmentAllocator;
import java.util.List;
import org.terraformer.domain.config.Options;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.Tensor;

/**
 * Adam (Kingma and Ba 2015) with decoupled weight decay, as trax computes it: {@code m = b1 * m + (1 - b1) * g},
 * {@code v = b2 * v + (1 - b2) * g^2}, and at step t
 * {@code w = (1 - decay) * w - rate * (m / (1 - b1^(t+1))) / (sqrt(v / (1 - b2^(t+1))) + epsilon)}.
 * The exponent t + 1 is trax's, and the decay is not multiplied by the learning rate. Slots: {@code m} and {@code v}, zeros.
 */
public record Adam(double beta1, double beta2, double epsilon, double weightDecayRate) implements Optimizer {
  /** trax's settings. */
  public static final Adam DEFAULTS = new Adam(0.9, 0.999, 1e-5, 1e-5);

  /**
   * @throws InvalidInputException if a number is out of its range
   */
  public Adam {
    Settings.check("b1 of Adam", beta1, 0, Settings.BELOW_ONE);
    Settings.check("b2 of Adam", beta2, 0, Settings.BELOW_ONE);
    Settings.check("epsilon of Adam", epsilon, Float.MIN_NORMAL, 1);
    Settings.check("weight decay rate of Adam", weightDecayRate, 0, 1);
  }

  static Adam of(Options options) {
    return new Adam(Settings.number(options, "b1", DEFAULTS.beta1), Settings.number(options, "b2", DEFAULTS.beta2),
        Settings.number(options, "eps", DEFAULTS.epsilon), Settings.number(options, "weight_decay_rate", DEFAULTS.weightDecayRate));
  }

  @Override
  public ParameterUpdate attach(Tensor weight, Tensor gradient, SegmentAllocator slotMemory) {
    Slots slots = new Slots(weight, gradient, slotMemory);
    return new ElementwiseUpdate(weight, gradient, List.of(slots.make("m", 0), slots.make("v", 0)), this::update);
  }

  private void update(UpdateStep step, Scratch tile, int count) {
    float firstCorrection = 1 - power((float) beta1, step.number() + 1);
    float secondCorrection = 1 - power((float) beta2, step.number() + 1);
    update(tile.weight, tile.gradient, tile.first, tile.second, count, (float) beta1, (float) beta2, 1 - (float) weightDecayRate,
        (float) (step.learningRate() / firstCorrection), 1 / secondCorrection, (float) epsilon);
  }

  /** What Adam and {@link AdamW} share: moments, decay by {@code keep}, and a step of a corrected rate. */
  static void update(float[] w, float[] g, float[] m, float[] v, int count, float b1, float b2, float keep, float rate,
      float correction, float epsilon) {
    float add1 = 1 - b1;
    float add2 = 1 - b2;
    for (int i = 0; i < count; i++) {
      float first = b1 * m[i] + add1 * g[i];
      float second = b2 * v[i] + add2 * (g[i] * g[i]);
      m[i] = first;
      v[i] = second;
      w[i] = keep * w[i] - rate * first / ((float) Math.sqrt(second * correction) + epsilon);
    }
  }

  /**
   * By squaring in single precision, as trax does: what is left of {@code 1 - b2^(t+1)} in the first steps has only four or five digits,
   * which the weights show.
   */
  private static float power(float base, long exponent) {
    float power = 1;
    float square = base;
    for (long rest = exponent; rest > 0; rest >>= 1) {
      if ((rest & 1) == 1) {
        power *= square;
      }
      square *= square;
    }
    return power;
  }
}
