package org.terraformer.app.cli;

import java.util.Arrays;
import java.util.List;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * An option's value that is a list.
 *
 * @param option its name
 * @param allowed what its parts are, as {@code whole numbers}
 */
record CommaSeparated(String option, String value, String allowed) {

  /**
   * The parts, at least one, without the space around them.
   *
   * @throws InvalidInputException if one is empty
   */
  List<String> parts() {
    List<String> parts = Arrays.stream(value.split(",", -1)).map(String::strip).toList();
    if (parts.contains("")) {
      throw refused();
    }
    return parts;
  }

  /**
   * The parts as numbers.
   *
   * @throws InvalidInputException if one is no whole number from 1
   */
  List<Integer> numbers() {
    try {
      List<Integer> numbers = parts().stream().map(Integer::valueOf).toList();
      if (numbers.stream().allMatch(number -> number >= 1)) {
        return numbers;
      }
    } catch (NumberFormatException e) {
      throw new InvalidInputException(refused().getMessage(), e);
    }
    throw refused();
  }

  /** Says what is allowed. */
  InvalidInputException refused() {
    return InvalidInputException.of("%s is %s but must be %s separated by commas.", option, value, allowed);
  }
}
