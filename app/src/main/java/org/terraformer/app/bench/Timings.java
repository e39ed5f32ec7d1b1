package org.terraformer.app.bench;

import java.util.Arrays;

/** Durations of the same piece of work. */
final class Timings {
  private final double[] seconds;
  private int count;

  Timings(int capacity) {
    this.seconds = new double[capacity];
  }

  void add(double duration) {
    seconds[count++] = duration;
  }

  int count() {
    return count;
  }

  double median() {
    return quantile(0.5);
  }

  /** Between the quarter of the shortest and the quarter of the longest, as a part of the median. */
  double spread() {
    return (quantile(0.75) - quantile(0.25)) / median();
  }

  double quantile(double part) {
    double[] sorted = Arrays.copyOf(seconds, count);
    Arrays.sort(sorted);
    double at = part * (count - 1);
    int below = (int) at;
    int above = Math.min(count - 1, below + 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
