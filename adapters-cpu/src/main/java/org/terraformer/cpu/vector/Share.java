package org.terraformer.cpu.vector;

/** A contiguous share of some items. */
final class Share {
  /** Elements that are read or written, at least, for a share of its own. */
  static final long FEWEST_ELEMENTS = 1 << 14;
  /** Columns that are summed, at least, in a share of its own: of fewer the rows would be read in too short pieces. */
  static final long FEWEST_COLUMNS = 256;
  /** Elements of a cache line, to which no two workers should write. */
  static final int LINE = 16;

  private static final int MOST_PER_WORKER = 8;

  private Share() {}

  static int from(int items, int share, int shares) {
    return (int) ((long) items * share / shares);
  }

  static int to(int items, int share, int shares) {
    return from(items, share + 1, shares);
  }

  /** Into how many shares each worker's part is divided, so that none is smaller than it is worth, nor are they many. */
  static int perWorker(long work, long least, int workers) {
    return (int) Math.clamp(work / workers / least, 1, MOST_PER_WORKER);
  }

  /** As {@link #from(int, int, int)}, in whole units, so that a boundary falls on a multiple of the unit. */
  static int from(int items, int unit, int share, int shares) {
    return (int) from((long) items, unit, share, shares);
  }

  static int to(int items, int unit, int share, int shares) {
    return from(items, unit, share + 1, shares);
  }

  /** As {@link #from(int, int, int, int)}, of as many items as there are elements. */
  static long from(long items, int unit, int share, int shares) {
    long units = (items + unit - 1) / unit;
    return Math.min(items, units * share / shares * unit);
  }

  static long to(long items, int unit, int share, int shares) {
    return from(items, unit, share + 1, shares);
  }
}
