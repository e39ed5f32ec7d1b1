package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.ProductTile.COLUMNS;

import org.terraformer.cpu.kernel.KernelSite;

/** A right matrix as tiles read it, in one worker's memory: panels of columns, in each all terms. */
final class TilePanels {
  /** Rows of zeros behind the last, so that a sum may have whole fours of terms. */
  static final int MORE = 3;

  private final long address;
  private final long panelBytes;
  private final long space;

  /** Room for so many terms, and {@link #MORE}, and columns. */
  TilePanels(int terms, int columns, KernelSite site) {
    this.panelBytes = 4L * COLUMNS * (terms + MORE);
    this.address = site.share(Math.ceilDiv(columns, COLUMNS) * panelBytes);
    this.space = site.share(Packing.SPACE_BYTES);
  }

  long at(int term, int column) {
    return address + column / COLUMNS * panelBytes + 4L * COLUMNS * term;
  }

  /** Lays out the first columns of some rows, each a term, and zeros as {@link #MORE}; multiplied by a factor. */
  void lay(MatrixRows rows, float factor, int firstRow, int terms, int columns) {
    Packing.right(rows, 0, columns, firstRow, terms, address, panelBytes, space);
    for (int column = 0; column < columns; column += COLUMNS) {
      Floats.multiply(factor, at(0, column), at(0, column), terms * COLUMNS);
      Floats.clear(at(terms, column), MORE * COLUMNS);
    }
  }

  /** As {@link #lay}, of rows that are each a column. */
  void layTransposed(MatrixRows rows, int firstRow, int columns, int terms) {
    Packing.rightTransposed(rows, firstRow, columns, 0, terms, address, panelBytes, space);
  }
}
