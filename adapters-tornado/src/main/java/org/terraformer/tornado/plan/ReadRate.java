package org.terraformer.tornado.plan;

import java.util.Arrays;

/**
 * How fast an array is read, from the times of launches that read it once and of others that read it several times: what a launch
 * itself takes is in both.
 *
 * @param bytes of the array
 * @param times that it is read by the longer launches, at least 2
 */
public record ReadRate(long bytes, int times) {
  /** What the longer launches should take more than the others, so that clock and launch matter little. */
  private static final double ENOUGH_SECONDS = 0.05;
  private static final int MOST_TIMES = 1000;

  /** The rate of an array of which a launch that reads it once takes so long. */
  public static ReadRate after(long bytes, double onceSeconds) {
    return new ReadRate(bytes, 1 + (int) Math.clamp(Math.ceil(ENOUGH_SECONDS / onceSeconds), 1, MOST_TIMES));
  }

  /**
   * Bytes per second: {@code (times - 1) bytes / (several - once)} of the medians. Where the longer launches took no longer, which
   * is chance, what is surely less: their bytes in all of their time.
   *
   * @param onceSeconds of launches that read the array once
   * @param severalSeconds of those that read it several times
   */
  public double bytesPerSecond(double[] onceSeconds, double[] severalSeconds) {
    double several = median(severalSeconds);
    double more = several - median(onceSeconds);
    return more > 0 ? (times - 1) * (double) bytes / more : times * (double) bytes / several;
  }

  private static double median(double[] seconds) {
    double[] sorted = seconds.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
