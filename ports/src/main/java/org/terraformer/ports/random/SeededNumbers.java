package org.terraformer.ports.random;

/** Random numbers that are functions of a seed, a stream and their place, and of nothing else: a draw can be repeated and needs no state. */
public final class SeededNumbers {
  private static final long PLACE = 0x9E3779B97F4A7C15L;

  private SeededNumbers() {}

  /** A number from 0 to below 1: the upper 24 bits of a mixed 64-bit counter. */
  public static float at(int seed, int stream, long index) {
    long bits = mix(mix((long) seed << 32 ^ stream) + index * PLACE);
    return (bits >>> 40) * 0x1p-24f;
  }

  // The finaliser of SplitMix64.
  private static long mix(long bits) {
    long z = bits + PLACE;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
