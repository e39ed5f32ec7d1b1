package org.terraformer.cpu.vector;

/**
 * Sorts the rows of a sequence by bucket, rows of one bucket staying in their order: byte by byte of the buckets, from the
 * lowest.
 */
final class RoundSort {
  private static final int DIGITS = 256;

  private RoundSort() {}

  /** Ints of memory for rows of so many, beside the sorted ones. */
  static int scratchInts(int rows) {
    return rows + DIGITS;
  }

  /**
   * Writes {@code base + row} for each row, in the order of the rows' buckets.
   *
   * @param buckets the address of the first row's bucket
   * @param stride bytes from one row's bucket to the next one's
   */
  static void sort(long buckets, long stride, int rows, int base, long to, long scratch) {
    long counts = scratch + 4L * rows;
    int most = 0;
    for (int row = 0; row < rows; row++) {
      most = Math.max(most, Memory.getInt(buckets + row * stride));
      Memory.setInt(to + 4L * row, row);
    }
    for (int shift = 0; shift < Integer.SIZE && most >>> shift > 0; shift += 8) {
      Memory.clear(counts, 4L * DIGITS);
      for (int row = 0; row < rows; row++) {
        long count = counts + 4L * (Memory.getInt(buckets + row * stride) >>> shift & DIGITS - 1);
        Memory.setInt(count, Memory.getInt(count) + 1);
      }
      int before = 0;
      for (int digit = 0; digit < DIGITS; digit++) {
        int count = Memory.getInt(counts + 4L * digit);
        Memory.setInt(counts + 4L * digit, before);
        before += count;
      }
      for (int i = 0; i < rows; i++) {
        int row = Memory.getInt(to + 4L * i);
        long place = counts + 4L * (Memory.getInt(buckets + row * stride) >>> shift & DIGITS - 1);
        Memory.setInt(scratch + 4L * Memory.getInt(place), row);
        Memory.setInt(place, Memory.getInt(place) + 1);
      }
      Memory.copy(scratch, to, 4L * rows);
    }
    for (int i = 0; i < rows; i++) {
      Memory.setInt(to + 4L * i, base + Memory.getInt(to + 4L * i));
    }
  }
}
