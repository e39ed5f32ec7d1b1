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
  /** Rows of the left matrix that are packed together, or half as many with twice the terms: a part of a second-level cache. */
  private static final int BLOCK_ROWS = 144;
  /**
   * Pieces of sums that are packed together, and whose sums stay in the first-level cache until the result is written. To read what it holds
   * already stops all work, since no load can be asked for ahead.
   */
  private static final int PIECES = 2;
  /** Columns of the right matrix that are packed together: with the terms of a piece half a mebibyte. */
  private static final int BLOCK_COLUMNS = 512;
  /** Of so few terms tiles take less time than the result, which is then written along its rows. */
  private static final int FEW_TERMS = 32;
  /** Workers' shares of columns are whole tiles and whole Q8 blocks. */
  static final int COLUMN_UNIT = Math.max(COLUMNS, DType.Q8_BLOCK);
  /** Packing an element of the right matrix takes about as long as this many multiplications of it by a row. */
  private static final double PACKING_ROWS = 24;
  /** The same of an element of the left matrix, in multiplications by a column. */
  private static final double PACKING_COLUMNS = 16;

  /** Multiplications of a worker that are worth being shared in two. */
  private static final long FEWEST_PRODUCTS = 1 << 29;

  /** As many columns of few terms, in half of a second-level cache. */
  private static final int FEW_TERMS_COLUMNS = BLOCK_COLUMNS * DEPTH / FEW_TERMS / 2;

  private static final long LEFT_BYTES = BLOCK_ROWS * LEFT_STRIDE;
  private static final long PIECE_BYTES = BLOCK_COLUMNS / COLUMNS * Packing.PANEL_BYTES;
  private static final long RIGHT_BYTES = PIECES * PIECE_BYTES;
  private static final long SUM_BYTES = BLOCK_ROWS / TILE.rows * TILE.bytes();

  /** Bytes of memory of its own that each worker needs. */
  static final long SCRATCH_BYTES = LEFT_BYTES + RIGHT_BYTES + Packing.SPACE_BYTES + SUM_BYTES + TILE.bytes();

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
    int mostColumns = terms > FEW_TERMS ? BLOCK_COLUMNS : FEW_TERMS_COLUMNS;
    for (int column = fromColumn; column < toColumn; column += mostColumns) {
      int blockColumns = Math.min(mostColumns, toColumn - column);
      int term = 0;
      do {
        int blockTerms = Math.min(PIECES * DEPTH, terms - term);
        int blockRows = blockTerms > DEPTH ? BLOCK_ROWS / PIECES : BLOCK_ROWS;
        packRight(column, blockColumns, term, blockTerms, scratch);
        for (int row = fromRow; row < toRow; row += blockRows) {
          int count = Math.min(blockRows, toRow - row);
          packLeft(row, count, term, blockTerms, scratch);
          multiply(row, count, column, blockColumns, blockTerms, term == 0, scratch);
        }
        term += PIECES * DEPTH;
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

  private void packLeft(int row, int rows, int firstTerm, int terms, long scratch) {
    long to = scratch;
    for (int term = 0; term < terms; term += DEPTH) {
      int count = Math.min(DEPTH, terms - term);
      if (leftTransposed) {
        Packing.leftTransposed(left, row, rows, firstTerm + term, count, to, scratch + LEFT_BYTES + RIGHT_BYTES);
      } else {
        Packing.left(left, row, rows, firstTerm + term, count, to);
      }
      to += rows * LEFT_STRIDE;
    }
  }

  /** Bytes from one packed panel of a piece to the next. */
  private static long panelBytes(int terms) {
    return 4L * COLUMNS * Math.min(DEPTH, terms);
  }

  private void packRight(int column, int columns, int firstTerm, int terms, long scratch) {
    long to = scratch + LEFT_BYTES;
    long space = scratch + LEFT_BYTES + RIGHT_BYTES;
    for (int term = 0; term < terms; term += DEPTH) {
      int count = Math.min(DEPTH, terms - term);
      if (rightTransposed) {
        Packing.rightTransposed(right, column, columns, firstTerm + term, count, to, panelBytes(terms), space);
      } else {
        Packing.right(right, column, columns, firstTerm + term, count, to, panelBytes(terms), space);
      }
      to += PIECE_BYTES;
    }
  }

  /** Adds the product of the packed blocks to what the result starts from, or to what earlier blocks made of it. */
  private void multiply(int firstRow, int rows, int firstColumn, int columns, int terms, boolean first, long scratch) {
    long sums = scratch + LEFT_BYTES + RIGHT_BYTES + Packing.SPACE_BYTES;
    if (terms <= FEW_TERMS) {
      for (int row = 0; row < rows; row += TILE.rows) {
        for (int column = 0; column < columns; column += COLUMNS) {
          long panel = scratch + LEFT_BYTES + column / COLUMNS * panelBytes(terms);
          multiplyPiece(firstRow + row, Math.min(TILE.rows, rows - row), firstColumn + column, Math.min(COLUMNS, columns - column),
              scratch + row * LEFT_STRIDE, panel, terms, first, true, true, sums);
        }
      }
      return;
    }
    for (int column = 0; column < columns; column += COLUMNS) {
      long panel = scratch + LEFT_BYTES + column / COLUMNS * panelBytes(terms);
      long packed = scratch;
      int width = Math.min(COLUMNS, columns - column);
      int term = 0;
      do {
        int count = Math.min(DEPTH, terms - term);
        multiplyPiece(firstRow, rows, firstColumn + column, width, packed, panel, count, first, term == 0, term + DEPTH >= terms, sums);
        packed += rows * LEFT_STRIDE;
        panel += PIECE_BYTES;
        term += DEPTH;
      } while (term < terms);
    }
  }

  /**
   * A piece of the sums of a panel of columns, tile by tile.
   *
   * @param first whether the result holds nothing of this product yet
   * @param opens whether it is the first of the pieces that are packed, which begins with what the result starts from or holds
   * @param closes whether it is the last of them, whose sums go to the result
   * @param sums where sums are kept between, and behind them {@link ProductTile#bytes} for a tile
   */
  private void multiplyPiece(int firstRow, int rows, int column, int width, long packed, long panel, int terms, boolean first, boolean opens,
      boolean closes, long sums) {
    long kept = sums;
    for (int row = 0; row < rows; row += TILE.rows) {
      long left = packed + row * LEFT_STRIDE;
      int height = Math.min(TILE.rows, rows - row);
      long startStride = first ? result.startStride(firstRow + row, height) : result.stride();
      boolean inPlace = height == TILE.rows && width == COLUMNS && startStride >= 0;
      long target = closes && inPlace ? result.row(firstRow + row) + 4L * column : kept;
      long stride = closes && inPlace ? result.stride() : 4L * COLUMNS;
      if (!opens) {
        TILE.goOn(left, panel, terms, kept, 4L * COLUMNS, target, stride, sums + SUM_BYTES);
      } else if (first && result.startsFromZero()) {
        TILE.multiply(left, panel, terms, target, stride);
      } else if (inPlace && first) {
        long start = result.start(firstRow + row) + 4L * column;
        TILE.multiplyAndAdd(left, panel, terms, start, startStride, target, stride, sums + SUM_BYTES);
      } else if (inPlace) {
        TILE.goOn(left, panel, terms, result.row(firstRow + row) + 4L * column, startStride, target, stride, sums + SUM_BYTES);
      } else {
        for (int i = 0; i < height; i++) {
          long start = first ? result.start(firstRow + row + i) : result.row(firstRow + row + i);
          Floats.copy(start + 4L * column, kept + 4L * i * COLUMNS, width);
        }
        TILE.multiplyAndAdd(left, panel, terms, kept, 4L * COLUMNS, target, stride, sums + SUM_BYTES);
      }
      for (int i = 0; closes && !inPlace && i < height; i++) {
        Floats.copy(kept + 4L * i * COLUMNS, result.row(firstRow + row + i) + 4L * column, width);
      }
      kept += TILE.bytes();
    }
  }
}
