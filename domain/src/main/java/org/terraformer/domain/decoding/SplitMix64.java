package org.terraformer.domain.decoding;

/** A small random number generator (Steele, Lea and Flood, 2014): the same seed gives the same numbers everywhere. */
final class SplitMix64 {
  private static final long STEP = 0x9E3779B97F4A7C15L;

  private long state;

  /**
   * @param stream the number of one of the seed's streams, which have nothing to do with each other
   */
  SplitMix64(long seed, int stream) {
    this.state = mix(seed + STEP * stream) + stream;
  }

  /** The next number in [0, 1). */
  double nextDouble() {
    state += STEP;
    return (mix(state) >>> 11) * 0x1.0p-53;
  }

  private static long mix(long z) {
    long x = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
    return x ^ (x >>> 31);
  }
}
