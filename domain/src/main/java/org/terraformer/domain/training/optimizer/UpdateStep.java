package org.terraformer.domain.training.optimizer;

import org.terraformer.ports.failure.InvalidInputException;

/**
 * What is common to the updates of all parameters in one training step.
 *
 * @param number the number of the step; the first is 1, as trax counts
 * @param learningRate what the schedule says for this step
 * @param gradientScale what every gradient is multiplied by before it is used: 1, or {@link GradientNorm#clippingScale}
 */
public record UpdateStep(long number, double learningRate, double gradientScale) {
  /**
   * @throws InvalidInputException if the number is below 1, or the learning rate or scale is negative or not finite
   */
  public UpdateStep {
    if (number < 1) {
      throw InvalidInputException.of("The training step is %d but must be 1 or more.", number);
    }
    Settings.check("learning rate of step " + number, learningRate, 0, Float.MAX_VALUE);
    Settings.check("gradient scale of step " + number, gradientScale, 0, Float.MAX_VALUE);
  }
}
