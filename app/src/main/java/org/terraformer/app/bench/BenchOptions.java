package org.terraformer.app.bench;

import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.DType;

/**
 * The protocol of a measurement.
 *
 * @param dtype the type of random weights
 * @param context tokens that are in the cache before the prompt
 * @param capacity positions that the cache has room for; 0 for as many as the measurement needs
 * @param prompt tokens of the prompt
 * @param warmUp tokens decoded before the clock is looked at
 * @param settleSeconds seconds at most in which each model decodes before all that, until its code is compiled
 * @param tokens tokens timed for each variant
 * @param turn tokens that a variant decodes before the next one's turn; each turn starts anew with the prompt, so that all timed tokens have
 *     a context of nearly the same length
 * @param prefill tokens of a longer prompt whose reading is timed, too; 0 for none
 * @param cache the type of cached keys and values
 * @param profile whether as many tokens again are decoded to time each operation
 */
public record BenchOptions(DType dtype, int context, int capacity, int prompt, int warmUp, int settleSeconds, int tokens, int turn,
    int prefill, DType cache, boolean profile) {
  public BenchOptions {
    require("context", context, 0, 10_000_000);
    require("capacity", capacity, 0, 10_000_000);
    require("prompt", prompt, 1, 1_000_000);
    require("warm-up", warmUp, 1, 1_000_000);
    require("settle", settleSeconds, 0, 3600);
    require("tokens", tokens, 1, 1_000_000);
    require("turn", turn, 1, 1_000_000);
    require("prefill", prefill, 0, 1_000_000);
    int needed = context + Math.max(prefill, prompt + warmUp + Math.min(turn, tokens));
    if (capacity != 0 && capacity < needed) {
      throw InvalidInputException.of("--capacity is %d but the measurement needs %d positions.", capacity, needed);
    }
    capacity = Math.max(capacity, needed);
  }

  /** The number of positions in the cache halfway through a turn. */
  int halfway() {
    return context + prompt + warmUp + Math.min(turn, tokens) / 2;
  }

  private static void require(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw InvalidInputException.of("--%s is %d but must be from %d to %d.", name, value, least, most);
    }
  }
}
