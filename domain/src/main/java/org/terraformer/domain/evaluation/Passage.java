package org.terraformer.domain.evaluation;

import java.util.Arrays;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * A sequence of which the last tokens are scored.
 *
 * @param scored how many
 */
public record Passage(int[] tokens, int scored) {
  /**
   * @throws InvalidInputException if there are fewer tokens than are scored, or none is
   */
  public Passage {
    if (scored < 1 || scored > tokens.length) {
      throw InvalidInputException.of("Of a passage of %d tokens the last %d can't be scored.", tokens.length, scored);
    }
  }

  /** A passage whose tokens are all scored. */
  public static Passage whole(int[] tokens) {
    return new Passage(tokens, tokens.length);
  }

  /** The end of the passage, if it is longer than this. */
  Passage within(int length) {
    return tokens.length <= length ? this
        : new Passage(Arrays.copyOfRange(tokens, tokens.length - length, tokens.length), Math.min(scored, length));
  }
}
