package org.terraformer.ports.random;

/**
 * Attention weights that are left out at random: {@code p_j} becomes {@code draw_j < 1 - rate ? p_j / (1 - rate) : 0}. A draw is a function of
 * the seed of the run, the stream, the row, the head and the key, so that the gradient draws the same again: {@link #factor}.
 *
 * @param rate from 0, for none, to below 1
 * @param stream tells draws of the same run apart
 */
public record AttentionDropout(float rate, int stream) {
  /** All weights stay. */
  public static final AttentionDropout NONE = new AttentionDropout(0, 0);

  private static final int KEY_BITS = 24;

  public AttentionDropout {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("The rate of a dropout is from 0 to below 1 but not " + rate);
    }
  }

  /** Whether there is anything to draw. */
  public boolean draws() {
    return rate > 0;
  }

  /**
   * What a weight is multiplied by.
   *
   * @param query the place of the row and head among all of the run: {@code row * heads + head}
   * @param key the place of the key in its sequence, below 2^24
   */
  public float factor(int seed, long query, int key) {
    return SeededNumbers.at(seed, stream, (query << KEY_BITS) + key) < 1 - (double) rate ? (float) (1 / (1 - (double) rate)) : 0;
  }
}
