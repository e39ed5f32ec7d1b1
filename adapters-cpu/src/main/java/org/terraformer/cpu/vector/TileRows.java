package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.ProductTile.COLUMNS;
import static org.terraformer.cpu.vector.ProductTile.LEFT_STRIDE;

import org.terraformer.cpu.kernel.KernelSite;

/**
 * A left matrix as tiles read it, in one worker's memory: blocks of columns one after another, in each the rows {@link ProductTile#LEFT_STRIDE}
 * apart. {@link WindowTile} reads the transposed matrix in the same place.
 */
final class TileRows {
  /** Columns of a block: whole tiles of either kind, across and along. */
  static final int BLOCK = 192;
  private static final ProductTile TILE = ProductTile.BEST;

  private final long address;
  private final long blockBytes;
  private final long sums;
  private final int[] pairs;

  /** Room for so many rows and columns, and for those that a tile reads beyond them. */
  TileRows(int rows, int columns, KernelSite site) {
    this.blockBytes = (rows + TILE.rows) * LEFT_STRIDE;
    this.address = site.share(Math.ceilDiv(columns + COLUMNS, BLOCK) * blockBytes);
    this.sums = site.share(TILE.bytes());
    this.pairs = WindowTile.pairs(rows, LEFT_STRIDE);
  }

  /** Where an element lies; those of its row that follow in its block lie behind it. */
  long at(int row, int column) {
    return address + column / BLOCK * blockBytes + row * LEFT_STRIDE + 4L * (column % BLOCK);
  }

  /** Fills a row with floats, multiplied by a factor. */
  void set(int row, float factor, long from, int columns) {
    for (int column = 0; column < columns; column += BLOCK) {
      Floats.multiply(factor, from + 4L * column, at(row, column), Math.min(BLOCK, columns - column));
    }
  }

  void clear(int row, int from, int to) {
    int end;
    for (int column = from; column < to; column = end) {
      end = Math.min(to, (column / BLOCK + 1) * BLOCK);
      Floats.clear(at(row, column), end - column);
    }
  }

  /** Writes the product of a tile's rows, of which some terms are meant, and a panel. */
  void multiply(int row, int terms, TilePanels right, int column, long result, long stride) {
    TILE.multiply(at(row, 0), right.at(0, column), Math.min(BLOCK, terms), result, stride);
    for (int term = BLOCK; term < terms; term += BLOCK) {
      TILE.goOn(at(row, term), right.at(term, column), Math.min(BLOCK, terms - term), result, stride, result, stride, sums);
    }
  }

  /**
   * As {@link #multiply}, of {@link WindowTile#ROWS} columns, of which some terms from a row on are meant, and one more if their number is odd, and
   * columns of a panel; added to what lies at {@code start}.
   */
  void multiplyTransposed(int column, int row, int terms, TilePanels right, int rightColumn, long start, long startStride, long result,
      long stride) {
    WindowTile.multiply(at(row, column), LEFT_STRIDE, pairs, 0, (terms + 1) / 2, right.at(row, rightColumn), start, startStride, result, stride);
  }
}
