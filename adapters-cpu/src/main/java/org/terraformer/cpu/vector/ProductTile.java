package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.BYTES_OF_LANES;
import static org.terraformer.cpu.vector.Species.FLOATS;

import java.lang.foreign.Arena;
import jdk.incubator.vector.FloatVector;

/**
 * The innermost part of a matrix product: a few rows by two vectors of columns, whose sums stay in registers. Every sum is made in the
 * order of its terms, whatever the tile and wherever in it the sum stands.
 */
abstract sealed class ProductTile permits SixRowTile, TwelveRowTile {
  /** Terms of a sum that are packed, and added up, together. */
  static final int DEPTH = 256;
  /** Columns of a tile. */
  static final int COLUMNS = 2 * Species.LANES;
  /** Bytes from one packed row of the left matrix to the next; not a power of two, so that the rows of a tile do not share a cache set. */
  static final long LEFT_STRIDE = 4L * (DEPTH + 16);
  /** A row of a tile that starts from nothing. */
  static final long ZEROS = Arena.global().allocate(4L * COLUMNS, 64).address();
  /** The tile for this machine. */
  static final ProductTile BEST = Species.LANES == 16 ? new TwelveRowTile() : new SixRowTile();

  final int rows;

  ProductTile(int rows) {
    this.rows = rows;
  }

  /**
   * Writes a product to a tile of the result.
   *
   * @param left the first of the tile's rows, {@link #LEFT_STRIDE} apart, each of {@code depth} floats
   * @param right for each term {@link #COLUMNS} floats
   * @param depth terms
   * @param result the tile's first element
   * @param stride bytes between the result's rows
   */
  abstract void multiply(long left, long right, int depth, long result, long stride);

  /**
   * As {@link #multiply}, of the product and what it is added to, as one more term after all others.
   *
   * @param start what is added, laid out as the tile, its rows {@code startStride} bytes apart; it may be the result itself
   * @param scratch {@link #bytes} of the caller's own
   */
  abstract void multiplyAndAdd(long left, long right, int depth, long start, long startStride, long result, long stride, long scratch);

  /** As {@link #multiplyAndAdd}, of a sum that goes on: a tile for which that is faster adds the terms to it one after another. */
  void goOn(long left, long right, int depth, long start, long startStride, long result, long stride, long scratch) {
    multiplyAndAdd(left, right, depth, start, startStride, result, stride, scratch);
  }

  /** Adds a tile whose rows lie one after another to what it is added to. */
  final void add(long sums, long start, long startStride, long result, long stride) {
    for (int row = 0; row < rows; row++) {
      long added = sums + 4L * row * COLUMNS;
      long x = start + row * startStride;
      long y = result + row * stride;
      FloatVector.fromMemorySegment(FLOATS, ALL, added, ORDER).add(FloatVector.fromMemorySegment(FLOATS, ALL, x, ORDER))
          .intoMemorySegment(ALL, y, ORDER);
      FloatVector.fromMemorySegment(FLOATS, ALL, added + BYTES_OF_LANES, ORDER)
          .add(FloatVector.fromMemorySegment(FLOATS, ALL, x + BYTES_OF_LANES, ORDER)).intoMemorySegment(ALL, y + BYTES_OF_LANES, ORDER);
    }
  }

  /** Bytes of a tile whose rows lie one after another. */
  long bytes() {
    return 4L * rows * COLUMNS;
  }
}
