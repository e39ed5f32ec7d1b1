package org.terraformer.cpu.vector;

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
}
