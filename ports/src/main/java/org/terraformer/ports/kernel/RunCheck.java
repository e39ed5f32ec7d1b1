package org.terraformer.ports.kernel;

import org.terraformer.ports.failure.InvalidInputException;

/** Whether a run fits an executable's limits. */
public final class RunCheck {
  private RunCheck() {}

  /**
   * @throws InvalidInputException naming the number that is out of range
   */
  public static void check(ExecutionLimits limits, int firstSlot, int sequences, int length, int kept) {
    if (sequences < 1 || firstSlot < 0 || firstSlot + (long) sequences > limits.sequences()) {
      throw InvalidInputException.of("A run of %d sequences from slot %d does not fit %d slots.",
          sequences, firstSlot, limits.sequences());
    }
    if (length < 1 || (long) sequences * length > limits.rows()) {
      throw InvalidInputException.of("A run of %d x %d rows does not fit the limit of %d rows.", sequences, length, limits.rows());
    }
    if (length > limits.contextLength()) {
      throw InvalidInputException.of("A run of %d rows of each sequence does not fit the context of %d positions.",
          length, limits.contextLength());
    }
    if (kept < 0 || kept > length) {
      throw InvalidInputException.of("A run can keep 0 to %d rows of each sequence but %d were asked for.", length, kept);
    }
    if ((long) sequences * kept > limits.kept()) {
      throw InvalidInputException.of("A run that keeps %d x %d rows does not fit the limit of %d such rows.", sequences, kept, limits.kept());
    }
  }

  /**
   * Checks that the new rows of a sequence lie within its context.
   *
   * @throws InvalidInputException naming the position
   */
  public static void checkPosition(ExecutionLimits limits, int position, int length) {
    if (position < 0 || position + (long) length > limits.contextLength()) {
      throw InvalidInputException.of("Rows at positions %d to %d do not fit a context of %d positions.",
          position, position + (long) length - 1, limits.contextLength());
    }
  }

  /**
   * Checks that the new rows of a sequence stand at positions that exist, where no context limits them.
   *
   * @throws InvalidInputException naming the position
   */
  public static void checkPosition(int position, int length) {
    if (position < 0 || position > Integer.MAX_VALUE - length) {
      throw InvalidInputException.of("A sequence can't go on for %d rows at position %d; positions are from 0 to %d.",
          length, position, Integer.MAX_VALUE);
    }
  }
}
