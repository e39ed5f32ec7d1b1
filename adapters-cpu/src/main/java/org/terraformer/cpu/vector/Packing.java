package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ONE_STRIDE;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.ProductTile.COLUMNS;
import static org.terraformer.cpu.vector.ProductTile.DEPTH;
import static org.terraformer.cpu.vector.ProductTile.LEFT_STRIDE;
import static org.terraformer.cpu.vector.Species.BYTES_OF_LANES;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * Lays parts of matrices out as the tiles read them. What a tile reads beyond the edge of a matrix is whatever was there before; it is
 * multiplied but never stored.
 */
final class Packing {
  /** Bytes of a packed panel of the right matrix: {@link ProductTile#COLUMNS} columns of up to {@link ProductTile#DEPTH} terms. */
  static final long PANEL_BYTES = 4L * COLUMNS * DEPTH;

  /** Bytes of memory of its own that packing needs. */
  static final long SPACE_BYTES = Math.max(LANES, 4) * LEFT_STRIDE + Transposition.SPACE_BYTES;

  private Packing() {}

  /** Lays rows of the left matrix {@link ProductTile#LEFT_STRIDE} apart. */
  static void left(MatrixRows matrix, long firstRow, int rows, int firstTerm, int terms, long to) {
    int row = 0;
    for (; matrix.inPlace() && row + 4 <= rows; row += 4) {
      copyFourRows(matrix.at(firstRow + row, firstTerm), matrix.stride(), terms, to + row * LEFT_STRIDE);
    }
    for (; row < rows; row++) {
      matrix.read(firstRow + row, firstTerm, terms, to + row * LEFT_STRIDE);
    }
  }

  /** Side by side, which keeps more of the memory system busy than pieces of a kilobyte one after another. */
  private static void copyFourRows(long from, long stride, int terms, long to) {
    long source = Memory.inRange(from);
    long target = Memory.inRange(to);
    long next = stride & ONE_STRIDE;
    int whole = terms - terms % (2 * LANES);
    for (int term = 0; term < whole; term = Loops.next(term, 2 * LANES)) {
      long x = source + 4L * term;
      long y = target + 4L * term;
      FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, ALL, x, ORDER);
      FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, ALL, x + BYTES_OF_LANES, ORDER);
      FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, ALL, x + next, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, ALL, x + next + BYTES_OF_LANES, ORDER);
      FloatVector a2 = FloatVector.fromMemorySegment(FLOATS, ALL, x + 2 * next, ORDER);
      FloatVector b2 = FloatVector.fromMemorySegment(FLOATS, ALL, x + 2 * next + BYTES_OF_LANES, ORDER);
      FloatVector a3 = FloatVector.fromMemorySegment(FLOATS, ALL, x + 3 * next, ORDER);
      FloatVector b3 = FloatVector.fromMemorySegment(FLOATS, ALL, x + 3 * next + BYTES_OF_LANES, ORDER);
      a0.intoMemorySegment(ALL, y, ORDER);
      b0.intoMemorySegment(ALL, y + BYTES_OF_LANES, ORDER);
      a1.intoMemorySegment(ALL, y + LEFT_STRIDE, ORDER);
      b1.intoMemorySegment(ALL, y + LEFT_STRIDE + BYTES_OF_LANES, ORDER);
      a2.intoMemorySegment(ALL, y + 2 * LEFT_STRIDE, ORDER);
      b2.intoMemorySegment(ALL, y + 2 * LEFT_STRIDE + BYTES_OF_LANES, ORDER);
      a3.intoMemorySegment(ALL, y + 3 * LEFT_STRIDE, ORDER);
      b3.intoMemorySegment(ALL, y + 3 * LEFT_STRIDE + BYTES_OF_LANES, ORDER);
    }
    for (int row = 0; whole < terms && row < 4; row++) {
      Floats.copy(from + row * stride + 4L * whole, to + row * LEFT_STRIDE + 4L * whole, terms - whole);
    }
  }

  /** As {@link #left}, of a matrix that has a row for each term. */
  static void leftTransposed(MatrixRows matrix, int firstRow, int rows, long firstTerm, int terms, long to, long space) {
    if (matrix.inPlace()) {
      Transposition.turn(matrix.at(firstTerm, firstRow), terms, rows, matrix.stride(), to, LEFT_STRIDE, space);
      return;
    }
    for (int term = 0; term < terms; term += LANES) {
      int count = Math.min(LANES, terms - term);
      for (int i = 0; i < count; i++) {
        matrix.read(firstTerm + term + i, firstRow, rows, space + i * LEFT_STRIDE);
      }
      Transposition.turn(space, count, rows, LEFT_STRIDE, to + 4L * term, LEFT_STRIDE, space + LANES * LEFT_STRIDE);
    }
  }

  /** Lays columns of the right matrix, which has a row for each term, in panels that begin so many bytes apart. */
  static void right(MatrixRows matrix, int firstColumn, int columns, long firstTerm, int terms, long to, long panelBytes, long space) {
    int whole = columns - columns % COLUMNS;
    for (int term = 0; term < terms; term++) {
      long source = space;
      if (matrix.inPlace()) {
        source = matrix.at(firstTerm + term, firstColumn);
      } else {
        matrix.read(firstTerm + term, firstColumn, columns, space);
      }
      long target = to + 4L * term * COLUMNS;
      copyPanels(source, whole, target, panelBytes);
      Floats.copy(source + 4L * whole, target + whole / COLUMNS * panelBytes, columns - whole);
    }
  }

  private static void copyPanels(long from, int columns, long to, long panelBytes) {
    long source = Memory.inRange(from);
    long target = Memory.inRange(to);
    for (int column = 0; column < columns; column += COLUMNS) {
      FloatVector.fromMemorySegment(FLOATS, ALL, source + 4L * column, ORDER).intoMemorySegment(ALL, target, ORDER);
      FloatVector.fromMemorySegment(FLOATS, ALL, source + 4L * column + 4L * LANES, ORDER).intoMemorySegment(ALL, target + 4L * LANES, ORDER);
      target = Memory.inRange(target + panelBytes);
    }
  }

  /**
   * As {@link #right}, of a matrix that has a row for each column. As many rows as a vector has lanes are turned together; before that they are read
   * once for nothing, whole and four side by side, as squares of them are too many and too short streams for a processor to foretell.
   */
  static void rightTransposed(MatrixRows matrix, long firstColumn, int columns, int firstTerm, int terms, long to, long panelBytes,
      long space) {
    for (int column = 0; column < columns; column += LANES) {
      int count = Math.min(LANES, columns - column);
      long target = to + column / COLUMNS * panelBytes + 4L * (column % COLUMNS);
      if (matrix.inPlace()) {
        long source = matrix.at(firstColumn + column, firstTerm);
        for (int row = 0; row + 4 <= count; row += 4) {
          FourVectorTile.touch(source + row * matrix.stride(), matrix.stride(), terms, space);
        }
        Transposition.turn(source, count, terms, matrix.stride(), target, 4L * COLUMNS, space);
        continue;
      }
      for (int i = 0; i < count; i++) {
        matrix.read(firstColumn + column + i, firstTerm, terms, space + i * LEFT_STRIDE);
      }
      Transposition.turn(space, count, terms, LEFT_STRIDE, target, 4L * COLUMNS, space + LANES * LEFT_STRIDE);
    }
  }
}
