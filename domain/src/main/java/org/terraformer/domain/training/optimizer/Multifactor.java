package org.terraformer.domain.training.optimizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.terraformer.domain.config.Options;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * The product of factors of the step t, at least {@code minimum}: trax's {@code multifactor}.
 *
 * @param factors in any order; one may occur more than once
 * @param constant the value of {@link Factor#CONSTANT}, and of {@link Factor#TWO_CONSTANTS} at first
 * @param warmupSteps the steps of the warm-up, and those before which the root decays stand still
 * @param decayFactor what {@link Factor#DECAY_EVERY} multiplies by
 * @param stepsPerDecay how often it does
 * @param stepsPerCycle the length of a cosine cycle
 * @param secondConstant the value of {@link Factor#TWO_CONSTANTS} from {@code secondConstantStep} on
 */
public record Multifactor(List<Factor> factors, double constant, int warmupSteps, double decayFactor, int stepsPerDecay,
    int stepsPerCycle, double secondConstant, int secondConstantStep, double minimum) implements LearningRateSchedule {
  private static final String DEFAULT_FACTORS = "constant * linear_warmup * rsqrt_decay";

  /** One factor; trax writes its name in lower case. */
  public enum Factor {
    /** {@code constant}. */
    CONSTANT,
    /** {@code constant}, from step {@code secondConstantStep} on {@code secondConstant}. */
    TWO_CONSTANTS,
    /** {@code min(1, t / warmupSteps)}. */
    LINEAR_WARMUP,
    /** {@code 1 / sqrt(max(t, warmupSteps))}. */
    RSQRT_DECAY,
    /** {@code sqrt(warmupSteps / max(t, warmupSteps))}. */
    RSQRT_NORMALIZED_DECAY,
    /** {@code decayFactor ^ floor(t / stepsPerDecay)}. */
    DECAY_EVERY,
    /** {@code (1 + cos(pi c)) / 2} with c the fraction of {@code max(0, t - warmupSteps) / stepsPerCycle}. */
    COSINE_DECAY
  }

  /**
   * @throws InvalidInputException if a setting is out of its range or there is no factor
   */
  public Multifactor {
    factors = List.copyOf(factors);
    if (factors.isEmpty()) {
      throw InvalidInputException.of("The multifactor schedule has no factors; known are %s.", known());
    }
    Settings.check("constant of multifactor", constant, 0, Float.MAX_VALUE);
    int leastWarmup = factors.contains(Factor.RSQRT_NORMALIZED_DECAY) ? 1 : 0;
    Settings.check("number of warm-up steps of multifactor", warmupSteps, leastWarmup, Integer.MAX_VALUE);
    Settings.check("decay factor of multifactor", decayFactor, 0, 1);
    Settings.check("number of steps per decay of multifactor", stepsPerDecay, 1, Integer.MAX_VALUE);
    Settings.check("number of steps per cycle of multifactor", stepsPerCycle, 1, Integer.MAX_VALUE);
    Settings.check("second constant of multifactor", secondConstant, 0, Float.MAX_VALUE);
    Settings.check("step of the second constant of multifactor", secondConstantStep, 0, Integer.MAX_VALUE);
    Settings.check("minimum of multifactor", minimum, 0, Float.MAX_VALUE);
  }

  /** With trax's settings of everything else. */
  public static Multifactor of(String factors, double constant, int warmupSteps) {
    return new Multifactor(parse(factors), constant, warmupSteps, 0.5, 20_000, 100_000, 0.01, 10_000, 0);
  }

  static Multifactor of(Options options) {
    Object factors = options.has("factors") ? options.any("factors") : DEFAULT_FACTORS;
    if (!(factors instanceof String text)) {
      throw options.wrong("factors", factors, "must be names joined by *, of " + known());
    }
    return new Multifactor(parse(text),
        Settings.number(options, "constant", 0.1),
        options.integer("warmup_steps", 0, Integer.MAX_VALUE, 400),
        Settings.number(options, "decay_factor", 0.5),
        options.integer("steps_per_decay", 1, Integer.MAX_VALUE, 20_000),
        options.integer("steps_per_cycle", 1, Integer.MAX_VALUE, 100_000),
        Settings.number(options, "second_constant", 0.01),
        options.integer("second_constant_step", 0, Integer.MAX_VALUE, 10_000),
        Settings.number(options, "minimum", 0));
  }

  /**
   * Factors as trax writes them: names joined by {@code *}.
   *
   * @throws InvalidInputException naming the first that is unknown, and the known
   */
  public static List<Factor> parse(String text) {
    List<Factor> factors = new ArrayList<>();
    for (String name : text.split("\\*", -1)) {
      factors.add(Arrays.stream(Factor.values()).filter(factor -> name(factor).equals(name.strip())).findFirst()
          .orElseThrow(() -> InvalidInputException.of(
              "The factor '%s' of the learning rate schedule '%s' is unknown; known are %s.", name.strip(), text, known())));
    }
    return factors;
  }

  private static String name(Factor factor) {
    return factor.name().toLowerCase(Locale.ROOT);
  }

  private static String known() {
    return Arrays.stream(Factor.values()).map(Multifactor::name).collect(Collectors.joining(", "));
  }

  @Override
  public double at(long step) {
    double rate = 1;
    for (Factor factor : factors) {
      rate *= value(factor, step);
    }
    return Math.max(rate, minimum);
  }

  private double value(Factor factor, double step) {
    return switch (factor) {
      case CONSTANT -> constant;
      case TWO_CONSTANTS -> step < secondConstantStep ? constant : secondConstant;
      case LINEAR_WARMUP -> Math.min(1, step / warmupSteps);
      case RSQRT_DECAY -> 1 / Math.sqrt(Math.max(step, warmupSteps));
      case RSQRT_NORMALIZED_DECAY -> Math.sqrt(warmupSteps / Math.max(step, warmupSteps));
      case DECAY_EVERY -> Math.pow(decayFactor, Math.floor(step / stepsPerDecay));
      case COSINE_DECAY -> (1 + Math.cos(Math.PI * (Math.max(0, step - warmupSteps) / stepsPerCycle % 1))) / 2;
    };
  }
}
