package org.terraformer.domain.random;

/** A small random number generator (Steele, Lea and Flood, 2014): the same seed gives the same numbers everywhere. */
public final class SplitMix64 {
  private static final long STEP = 0x9E3779B97F4A7C15L;

  private long state;

  /**
   * @param stream the number of one of the seed's streams, which have nothing to do with each other
   */
  public SplitMix64(long seed, int stream) {
    this.state = mix(seed + STEP * stream) + stream;
  }

  /** The next number in [0, 1). */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** The next whole number from 0 to {@code bound - 1}. */
  public int nextInt(int bound) {
    return (int) (nextDouble() * bound);
  }

  /** The next number of a normal distribution around 0 with standard deviation 1 (Box and Muller, 1958). */
  public double nextNormal() {
    double radius = Math.sqrt(-2 * StrictMath.log(1 - nextDouble()));
    return radius * StrictMath.cos(2 * Math.PI * nextDouble());
  }

  /** The next 64 bits. */
  public long nextLong() {
    state += STEP;
    return mix(state);
  }

  private static long mix(long z) {
    long x = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
    return x ^ (x >>> 31);
  }
}
