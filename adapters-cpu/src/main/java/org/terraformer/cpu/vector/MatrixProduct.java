package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.ProductTile.COLUMNS;
import static org.terraformer.cpu.vector.ProductTile.DEPTH;
import static org.terraformer.cpu.vector.ProductTile.LEFT_STRIDE;

import org.terraformer.ports.tensor.DType;

/**
 * Products of matrices with many rows, {@code C[r, c] += sum_t A[r, t] B[t, c]}, after K. Goto and R. van de Geijn, Anatomy of
 * High-Performance Matrix Multiplication (2008): blocks of both matrices are copied, as floats, to where the caches hold them and in the
 * order in which tiles read them, so that weights of every type are unpacked once for all rows. Either matrix may be given transposed.
 *
 * <p>A sum is made in pieces of {@link ProductTile#DEPTH} terms, in the order of the terms. The result is divided among workers, never a
 * sum: so their number does not change a bit.
 */
final class MatrixProduct {
  private static final ProductTile TILE = ProductTile.BEST;
  /** Rows of the left matrix that are packed together: with their terms they take a part of the second-level cache. */
  private static final int BLOCK_ROWS = 144;
  /** Columns of the right matrix that are packed together: with their terms about half of a second-level cache of 1 MiB. */
  private static final int BLOCK_COLUMNS = 512;
  /** Workers' shares of columns are whole tiles and whole Q8 blocks. */
  static final int COLUMN_UNIT = Math.max(COLUMNS, DType.Q8_BLOCK);
  /** Packing an element of the right matrix takes about as long as this many multiplications of it by a row. */
  private static final double PACKING_ROWS = 24;
  /** The same of an element of the left matrix, in multiplications by a column. */
  private static final double PACKING_COLUMNS = 16;

  /** Multiplications of a worker that are worth being shared in two. */
  private static final long FEWEST_PRODUCTS = 1 << 26;

  private static final long LEFT_BYTES = BLOCK_ROWS * LEFT_STRIDE;
  private static final long RIGHT_BYTES = BLOCK_COLUMNS / COLUMNS * Packing.PANEL_BYTES;
  private static final long EDGE_BYTES = TILE.bytes();

  /** Bytes of memory of its own that each worker needs. */
  static final long SCRATCH_BYTES = LEFT_BYTES + RIGHT_BYTES + Packing.SPACE_BYTES + EDGE_BYTES;

  private final MatrixRows left;
  private final boolean leftTransposed;
  private final MatrixRows right;
  private final boolean rightTransposed;
  private final ResultRows result;

  private MatrixProduct(MatrixRows left, boolean leftTransposed, MatrixRows right, boolean rightTransposed, ResultRows result) {
    this.left = left;
    this.leftTransposed = leftTransposed;
    this.right = right;
    this.rightTransposed = rightTransposed;
    this.result = result;
  }

  /** A B. */
  static MatrixProduct of(MatrixRows left, MatrixRows right, ResultRows result) {
    return new MatrixProduct(left, false, right, false, result);
  }

  /** A times the transpose of {@code right}: of vectors in rows with weights that have a row for each output. */
  static MatrixProduct rightTransposed(MatrixRows left, MatrixRows right, ResultRows result) {
    return new MatrixProduct(left, false, right, true, result);
  }

  /** The transpose of {@code left}, which is not Q8, times B: the gradient of weights. */
  static MatrixProduct leftTransposed(MatrixRows left, MatrixRows right, ResultRows result) {
    return new MatrixProduct(left, true, right, false, result);
  }

  /**
   * Computes a worker's share.
   *
   * @param terms of each sum
   * @param scratch {@link #SCRATCH_BYTES} that no other worker uses
   */
  void run(int rows, int columns, int terms, int worker, int workers, long scratch) {
    int across = workersAcross(rows, columns, workers);
    int down = workers / across;
    int fromRow = Share.from(rows, TILE.rows, worker / across, down);
    int toRow = Share.to(rows, TILE.rows, worker / across, down);
    int fromColumn = Share.from(columns, COLUMN_UNIT, worker % across, across);
    int toColumn = Share.to(columns, COLUMN_UNIT, worker % across, across);
    for (int column = fromColumn; column < toColumn; column += BLOCK_COLUMNS) {
      int blockColumns = Math.min(BLOCK_COLUMNS, toColumn - column);
      int term = 0;
      do {
        int blockTerms = Math.min(DEPTH, terms - term);
        packRight(column, blockColumns, term, blockTerms, scratch);
        for (int row = fromRow; row < toRow; row += BLOCK_ROWS) {
          int blockRows = Math.min(BLOCK_ROWS, toRow - row);
          packLeft(row, blockRows, term, blockTerms, scratch);
          multiply(row, blockRows, column, blockColumns, blockTerms, term == 0, scratch);
        }
        term += DEPTH;
      } while (term < terms);
    }
  }

  /** Two for a product that is worth it: each packs its own parts, so that more shares would pack more. */
  static int sharesPerWorker(long rows, long columns, long terms, int workers) {
    return rows * columns * terms / workers < FEWEST_PRODUCTS ? 1 : 2;
  }

  /** How many workers share the columns, the others sharing the rows: so that the largest share is small and little is packed twice. */
  static int workersAcross(int rows, int columns, int workers) {
    int best = 1;
    double least = Double.POSITIVE_INFINITY;
    for (int across = 1; across <= workers; across++) {
      if (workers % across == 0) {
        double width = Math.ceil(Math.ceilDiv(columns, COLUMN_UNIT) / (double) across) * COLUMN_UNIT;
        double height = Math.ceil(Math.ceilDiv(rows, TILE.rows) / (double) (workers / across)) * TILE.rows;
        double work = (width + PACKING_COLUMNS) * (height + PACKING_ROWS);
        if (work < least) {
          least = work;
          best = across;
        }
      }
    }
    return best;
  }

  private void packLeft(int row, int rows, int term, int terms, long scratch) {
    if (leftTransposed) {
      Packing.leftTransposed(left, row, rows, term, terms, scratch, scratch + LEFT_BYTES + RIGHT_BYTES);
    } else {
      Packing.left(left, row, rows, term, terms, scratch);
    }
  }

  private void packRight(int column, int columns, int term, int terms, long scratch) {
    long space = scratch + LEFT_BYTES + RIGHT_BYTES;
    if (rightTransposed) {
      Packing.rightTransposed(right, column, columns, term, terms, scratch + LEFT_BYTES, Packing.PANEL_BYTES, space);
    } else {
      Packing.right(right, column, columns, term, terms, scratch + LEFT_BYTES, Packing.PANEL_BYTES, space);
    }
  }

  /** Adds the product of the packed blocks to what the result starts from, or to what earlier blocks made of it. */
  private void multiply(int firstRow, int rows, int firstColumn, int columns, int terms, boolean first, long scratch) {
    long sums = scratch + LEFT_BYTES + RIGHT_BYTES + Packing.SPACE_BYTES;
    for (int column = 0; column < columns; column += COLUMNS) {
      long panel = scratch + LEFT_BYTES + column / COLUMNS * Packing.PANEL_BYTES;
      int width = Math.min(COLUMNS, columns - column);
      for (int row = 0; row < rows; row += TILE.rows) {
        long packed = scratch + row * LEFT_STRIDE;
        int height = Math.min(TILE.rows, rows - row);
        boolean whole = height == TILE.rows && width == COLUMNS;
        long target = result.row(firstRow + row) + 4L * (firstColumn + column);
        long startStride = first ? result.startStride(firstRow + row, height) : result.stride();
        if (whole && first && result.startsFromZero()) {
          TILE.multiply(packed, panel, terms, target, result.stride());
        } else if (whole && startStride >= 0) {
          long start = first ? result.start(firstRow + row) + 4L * (firstColumn + column) : target;
          TILE.multiplyAndAdd(packed, panel, terms, start, startStride, target, result.stride(), sums);
        } else {
          TILE.multiply(packed, panel, terms, sums, 4L * COLUMNS);
          for (int i = 0; i < height; i++) {
            result.add(firstRow + row + i, firstColumn + column, width, sums + 4L * i * COLUMNS, first);
          }
        }
      }
    }
  }
}
