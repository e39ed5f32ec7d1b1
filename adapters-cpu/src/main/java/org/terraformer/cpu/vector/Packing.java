package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.ProductTile.COLUMNS;
import static org.terraformer.cpu.vector.ProductTile.DEPTH;
import static org.terraformer.cpu.vector.ProductTile.LEFT_STRIDE;
import static org.terraformer.cpu.vector.Species.LANES;

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
    for (int row = 0; row < rows; row++) {
      matrix.read(firstRow + row, firstTerm, terms, to + row * LEFT_STRIDE);
    }
  }

  /** As {@link #left}, of a matrix that has a row for each term. */
  static void leftTransposed(MatrixRows matrix, int firstRow, int rows, long firstTerm, int terms, long to, long space) {
    for (int term = 0; term < terms; term += LANES) {
      int count = Math.min(LANES, terms - term);
      for (int i = 0; i < count; i++) {
        matrix.read(firstTerm + term + i, firstRow, rows, space + i * LEFT_STRIDE);
      }
      Transposition.turn(space, count, rows, LEFT_STRIDE, to + 4L * term, LEFT_STRIDE, space + LANES * LEFT_STRIDE);
    }
  }

  /** Lays columns of the right matrix, which has a row for each term, in panels. */
  static void right(MatrixRows matrix, int firstColumn, int columns, long firstTerm, int terms, long to, long space) {
    for (int term = 0; term < terms; term++) {
      matrix.read(firstTerm + term, firstColumn, columns, space);
      long target = to + 4L * term * COLUMNS;
      for (int column = 0; column < columns; column += COLUMNS) {
        Floats.copy(space + 4L * column, target, Math.min(COLUMNS, columns - column));
        target += PANEL_BYTES;
      }
    }
  }

  /** As {@link #right}, of a matrix that has a row for each column. */
  static void rightTransposed(MatrixRows matrix, long firstColumn, int columns, int firstTerm, int terms, long to, long space) {
    for (int column = 0; column < columns; column += LANES) {
      int count = Math.min(LANES, columns - column);
      for (int i = 0; i < count; i++) {
        matrix.read(firstColumn + column + i, firstTerm, terms, space + i * LEFT_STRIDE);
      }
      long target = to + column / COLUMNS * PANEL_BYTES + 4L * (column % COLUMNS);
      Transposition.turn(space, count, terms, LEFT_STRIDE, target, 4L * COLUMNS, space + LANES * LEFT_STRIDE);
    }
  }
}
