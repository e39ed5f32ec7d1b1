package org.terraformer.domain.training.optimizer;

/**
 * Cuts matrices that lie behind each other into pieces of whole rows; no piece spans two matrices.
 *
 * @param matrices how many there are
 * @param rows of each matrix
 * @param columns of each matrix
 * @param height rows of a piece; the last piece of a matrix may have fewer
 */
record RowPieces(int matrices, int rows, int columns, int height) {
  private static final int FEWEST_ROWS = 16;

  RowPieces(int matrices, int rows, int columns) {
    this(matrices, rows, columns, Math.max(FEWEST_ROWS, ElementwiseUpdate.PIECE / Math.max(columns, 1)));
  }

  /** How many pieces a matrix has. */
  int perMatrix() {
    return (rows + height - 1) / height;
  }

  int count() {
    return Math.multiplyExact(matrices, perMatrix());
  }

  /** The first row of a piece, counted over all matrices; of the piece after the last, the number of rows. */
  int firstRow(int piece) {
    return piece == count() ? matrices * rows : piece / perMatrix() * rows + piece % perMatrix() * height;
  }

  /** The first element of a piece; of the piece after the last, the number of elements. */
  long start(int piece) {
    return (long) firstRow(piece) * columns;
  }
}
