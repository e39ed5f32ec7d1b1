package org.terraformer.domain.training.optimizer;

import org.terraformer.domain.config.Options;
import org.terraformer.ports.failure.InvalidInputException;

/** Reads and checks the numbers of settings. */
final class Settings {
  /** The largest factor by which an average keeps its past: below 1, or it would learn nothing. */
  static final double BELOW_ONE = Math.nextDown(1f);

  private Settings() {}

  static void check(String name, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw InvalidInputException.of("The %s is %s but must be a number from %s to %s.", name, value, least, most);
    }
  }

  /** Any finite number; the settings that take it check its range. */
  static double number(Options options, String field, double otherwise) {
    return options.number(field, -Double.MAX_VALUE, Double.MAX_VALUE, otherwise);
  }

  /** As {@link #number}, of a field that must be there. */
  static double number(Options options, String field) {
    if (!options.has(field)) {
      throw InvalidInputException.of("The field %s is missing.", options.path(field));
    }
    return number(options, field, 0);
  }
}
