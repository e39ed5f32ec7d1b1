package org.terraformer.domain.training.optimizer;

import java.util.Locale;
import java.util.Optional;

/**
 * A training's last step that is taken at a far larger learning rate than the step before it. trax's cosine begins anew where its cycle
 * ends, so after as many steps as the warm-up and the cycle have together; of a training of just that length, it is the last step that is
 * taken at the full rate.
 *
 * @param step the last one, counted from 1
 * @param rate of the last step
 * @param before the rate of the step before
 */
public record RestartedRate(int step, double rate, double before) {
  private static final double FAR_LARGER = 10;

  /** The last step of a training, if its rate is more than ten times that of the step before. */
  public static Optional<RestartedRate> of(LearningRateSchedule schedule, int steps) {
    if (steps < 2) {
      return Optional.empty();
    }
    RestartedRate last = new RestartedRate(steps, schedule.at(steps), schedule.at(steps - 1));
    return last.rate > FAR_LARGER * last.before ? Optional.of(last) : Optional.empty();
  }

  /** What whoever begins such a training should know. */
  public String sentence() {
    return String.format(Locale.ROOT, "The last step, %,d, has the learning rate %.3g, the one before it %.3g; where that is a cosine_decay "
        + "that begins anew, steps_per_cycle should be one more.", step, rate, before);
  }
}
