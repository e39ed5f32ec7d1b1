package org.terraformer.cpu.vector;

/** A worker's contiguous share of some items. */
final class Share {
  private Share() {}

  static int from(int items, int worker, int workers) {
    return (int) ((long) items * worker / workers);
  }

  static int to(int items, int worker, int workers) {
    return from(items, worker + 1, workers);
  }

  /** As {@link #from(int, int, int)}, in whole units, so that a boundary falls on a multiple of the unit. */
  static int from(int items, int unit, int worker, int workers) {
    return (int) from((long) items, unit, worker, workers);
  }

  static int to(int items, int unit, int worker, int workers) {
    return from(items, unit, worker + 1, workers);
  }

  /** As {@link #from(int, int, int, int)}, of as many items as there are elements. */
  static long from(long items, int unit, int worker, int workers) {
    long units = (items + unit - 1) / unit;
    return Math.min(items, units * worker / workers * unit);
  }

  static long to(long items, int unit, int worker, int workers) {
    return from(items, unit, worker + 1, workers);
  }
}
