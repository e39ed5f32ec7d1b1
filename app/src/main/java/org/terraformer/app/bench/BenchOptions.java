package org.terraformer.app.bench;

import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.DType;

/**
 * The protocol of a measurement.
 *
 * @param context tokens in the cache before the prompt
 * @param prompt tokens of the prompt
 * @param warmUp tokens decoded before the clock is looked at
 * @param tokens tokens timed for each variant
 * @param turn tokens that a variant decodes before the next one's turn
 * @param cache the type of cached keys and values
 */
public record BenchOptions(DType dtype, int context, int prompt, int warmUp, int tokens, int turn, DType cache) {
  public BenchOptions {
    require("context", context, 0, 10_000_000);
    require("prompt", prompt, 1, 1_000_000);
    require("warm-up", warmUp, 1, 1_000_000);
    require("tokens", tokens, 1, 1_000_000);
    require("turn", turn, 1, 1_000_000);
  }

  /** Positions that a run needs. */
  public int positions() {
    return context + prompt + warmUp + tokens;
  }

  private static void require(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw InvalidInputException.of("--%s is %d but must be from %d to %d.", name, value, least, most);
    }
  }
}
