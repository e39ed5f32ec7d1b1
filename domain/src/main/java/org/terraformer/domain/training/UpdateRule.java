package org.terraformer.domain.training;

import org.terraformer.domain.training.optimizer.GradientNorm;
import org.terraformer.domain.training.optimizer.LearningRateSchedule;
import org.terraformer.domain.training.optimizer.Optimizer;
import org.terraformer.domain.training.optimizer.UpdateStep;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * How gradients change weights.
 *
 * @param largestNorm gradients whose norm, taken over all weights, is larger are scaled down to it; 0 for no limit
 */
public record UpdateRule(Optimizer optimizer, LearningRateSchedule schedule, double largestNorm) {
  /**
   * @throws InvalidInputException if the norm is negative or not finite
   */
  public UpdateRule {
    if (!(largestNorm >= 0 && largestNorm <= Float.MAX_VALUE)) {
      throw InvalidInputException.of("The largest gradient norm is %s but must be 0, for none, or a positive number.",
          largestNorm);
    }
  }

  UpdateStep step(long number, double norm) {
    return new UpdateStep(number, schedule.at(number), largestNorm == 0 ? 1 : GradientNorm.clippingScale(norm, largestNorm));
  }
}
