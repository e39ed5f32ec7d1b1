package org.terraformer.domain.training;

import org.terraformer.domain.random.SplitMix64;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.text.TokenSequence;

/**
 * Windows of equal length that cover a text again and again: in each round in another order and parted at other places. Which
 * window comes at which place depends on the seed alone, so that a training can go on anywhere.
 */
public final class ShuffledWindows {
  private final TokenSequence tokens;
  private final int length;
  private final long seed;
  private final int windows;
  private final int[] order;
  private long round = -1;
  private int shift;

  /**
   * @throws InvalidInputException if the text is shorter than a window
   */
  public ShuffledWindows(TokenSequence tokens, int length, long seed) {
    if (tokens.length() < length) {
      throw InvalidInputException.of("The training text has %d tokens, too few for one window of %d.", tokens.length(), length);
    }
    this.tokens = tokens;
    this.length = length;
    this.seed = seed;
    this.windows = Math.toIntExact((tokens.length() - spare()) / length);
    this.order = new int[windows];
  }

  /** How far the parting may be shifted without losing a window that another shift has. */
  private int spare() {
    return (int) Math.min(length - 1, tokens.length() - length);
  }

  /** The windows of a round. */
  public int count() {
    return windows;
  }

  /** Copies the window at a place, counted over all rounds, into an array. */
  public void copy(long place, int[] destination, int at) {
    if (place / windows != round) {
      shuffle(place / windows);
    }
    tokens.copy(shift + (long) order[(int) (place % windows)] * length, destination, at, length);
  }

  private void shuffle(long next) {
    round = next;
    SplitMix64 random = new SplitMix64(seed, Math.toIntExact(next));
    shift = random.nextInt(spare() + 1);
    for (int i = 0; i < windows; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
  }
}
