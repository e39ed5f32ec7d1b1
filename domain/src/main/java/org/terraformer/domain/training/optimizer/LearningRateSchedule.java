package org.terraformer.domain.training.optimizer;

import org.terraformer.domain.config.Options;
import org.terraformer.ports.failure.InvalidInputException;

/** The learning rate of each training step. */
@FunctionalInterface
public interface LearningRateSchedule {

  /**
   * The learning rate of a step.
   *
   * @param step counted from 1
   */
  double at(long step);

  /** The same in every step. */
  static LearningRateSchedule constant(double value) {
    Settings.check("constant learning rate", value, 0, Float.MAX_VALUE);
    return step -> value;
  }

  /** On a line from 0 at step 0 to the largest at step {@code warmupSteps + 1}, and then constant. */
  static LearningRateSchedule warmup(int warmupSteps, double largest) {
    Settings.check("number of warm-up steps", warmupSteps, 0, Integer.MAX_VALUE);
    Settings.check("largest learning rate", largest, 0, Float.MAX_VALUE);
    double end = warmupSteps + 1.0;
    return step -> step < end ? step / end * largest : largest;
  }

  /** As {@link #warmup}, and then {@code largest * sqrt((warmupSteps + 1) / step)}. */
  static LearningRateSchedule warmupAndRsqrtDecay(int warmupSteps, double largest) {
    LearningRateSchedule warmup = warmup(warmupSteps, largest);
    double end = warmupSteps + 1.0;
    return step -> step < end ? warmup.at(step) : largest * Math.sqrt(end / step);
  }

  /**
   * A schedule by its name and trax's names of its settings.
   *
   * @param type {@code multifactor}, {@code constant}, {@code warmup} or {@code warmup_and_rsqrt_decay}
   * @throws InvalidInputException if the type, a factor or a setting is unknown, or a setting out of its range
   */
  static LearningRateSchedule of(String type, Options options) {
    LearningRateSchedule schedule = switch (type) {
      case "multifactor" -> Multifactor.of(options);
      case "constant" -> constant(Settings.number(options, "value"));
      case "warmup" -> warmup(options.integer("n_warmup_steps", 0, Integer.MAX_VALUE), Settings.number(options, "max_value"));
      case "warmup_and_rsqrt_decay" ->
          warmupAndRsqrtDecay(options.integer("n_warmup_steps", 0, Integer.MAX_VALUE), Settings.number(options, "max_value"));
      default -> throw InvalidInputException.of(
          "The learning rate schedule %s is unknown; known are multifactor, constant, warmup, warmup_and_rsqrt_decay.", type);
    };
    options.finish();
    return schedule;
  }
}
