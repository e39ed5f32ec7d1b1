package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.IN_RANGE;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.BYTES_OF_LANES;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * A few columns of many rows, packed so that they stay in the cache, and weighted sums of some of the rows. A sum stays in
 * registers from its first row to its last. Which rows, and their factors, is a list of entries: where the row lies in the panel, in bytes, and the
 * factor.
 */
final class RowPanel {
  /** Columns of a panel. */
  static final int COLUMNS = 4 * LANES;
  /** Bytes of a row of a panel, and of a sum. */
  static final long ROW_BYTES = 4L * COLUMNS;
  static final long ENTRY_BYTES = 8;

  private static final long UNSIGNED = 0xFFFFFFFFL;

  private RowPanel() {}

  static void setEntry(long entry, int row, float factor) {
    Memory.setInt(entry, (int) (row * ROW_BYTES));
    Memory.setFloat(entry + 4, factor);
  }

  /**
   * Packs columns of rows.
   *
   * @param from the address of the first element
   * @param stride bytes from a row to the next
   * @param count columns, at most {@link #COLUMNS}; the others become 0
   */
  static void pack(long from, long stride, int rows, int count, long panel) {
    for (int row = 0; row < rows; row++) {
      if (count == COLUMNS) {
        copy(from + row * stride, panel + row * ROW_BYTES);
      } else {
        copy(from + row * stride, panel + row * ROW_BYTES, count);
      }
    }
  }

  /** Copies a whole row: of so few vectors a loop would take several times as long. */
  private static void copy(long from, long to) {
    FloatVector v0 = FloatVector.fromMemorySegment(FLOATS, ALL, from, ORDER);
    FloatVector v1 = FloatVector.fromMemorySegment(FLOATS, ALL, from + BYTES_OF_LANES, ORDER);
    FloatVector v2 = FloatVector.fromMemorySegment(FLOATS, ALL, from + 2 * BYTES_OF_LANES, ORDER);
    FloatVector v3 = FloatVector.fromMemorySegment(FLOATS, ALL, from + 3 * BYTES_OF_LANES, ORDER);
    v0.intoMemorySegment(ALL, to, ORDER);
    v1.intoMemorySegment(ALL, to + BYTES_OF_LANES, ORDER);
    v2.intoMemorySegment(ALL, to + 2 * BYTES_OF_LANES, ORDER);
    v3.intoMemorySegment(ALL, to + 3 * BYTES_OF_LANES, ORDER);
  }

  /** Copies some floats into a row of a panel, whose other columns become 0. */
  static void copy(long from, long to, int count) {
    Floats.copy(from, to, count);
    if (count < COLUMNS) {
      Floats.clear(to + 4L * count, COLUMNS - count);
    }
  }

  /**
   * Adds the rows of a list, in its order, to what is at an address, and writes the first columns of the sum.
   *
   * @param start a row of a panel that the sum begins with
   * @param count columns to write
   * @param scratch memory of the caller's own for a row
   */
  static void sum(long list, int entries, long panel, long start, long to, int count, long scratch) {
    long target = count < COLUMNS ? scratch : to;
    FloatVector s0 = FloatVector.fromMemorySegment(FLOATS, ALL, start, ORDER);
    FloatVector s1 = FloatVector.fromMemorySegment(FLOATS, ALL, start + BYTES_OF_LANES, ORDER);
    FloatVector s2 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 2 * BYTES_OF_LANES, ORDER);
    FloatVector s3 = FloatVector.fromMemorySegment(FLOATS, ALL, start + 3 * BYTES_OF_LANES, ORDER);
    for (int i = 0; i < entries; i++) {
      long entry = list + ENTRY_BYTES * i & IN_RANGE;
      long row = (panel & IN_RANGE) + (Memory.getInt(entry) & UNSIGNED);
      FloatVector factor = FloatVector.broadcast(FLOATS, Memory.getFloat(entry + 4));
      // The panel's vector comes second: only there the compiler lets a multiplication read it from memory itself.
      s0 = factor.fma(FloatVector.fromMemorySegment(FLOATS, ALL, row, ORDER), s0);
      s1 = factor.fma(FloatVector.fromMemorySegment(FLOATS, ALL, row + BYTES_OF_LANES, ORDER), s1);
      s2 = factor.fma(FloatVector.fromMemorySegment(FLOATS, ALL, row + 2 * BYTES_OF_LANES, ORDER), s2);
      s3 = factor.fma(FloatVector.fromMemorySegment(FLOATS, ALL, row + 3 * BYTES_OF_LANES, ORDER), s3);
    }
    s0.intoMemorySegment(ALL, target, ORDER);
    s1.intoMemorySegment(ALL, target + BYTES_OF_LANES, ORDER);
    s2.intoMemorySegment(ALL, target + 2 * BYTES_OF_LANES, ORDER);
    s3.intoMemorySegment(ALL, target + 3 * BYTES_OF_LANES, ORDER);
    if (count < COLUMNS) {
      Floats.copy(scratch, to, count);
    }
  }
}
