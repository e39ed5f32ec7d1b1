package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.ProductTile.COLUMNS;
import static org.terraformer.cpu.vector.ProductTile.DEPTH;
import static org.terraformer.cpu.vector.ProductTile.LEFT_STRIDE;

/**
 * Attention of a group of queries of one head, block by block of keys, after T. Dao et al., FlashAttention (2022): scores are a product of tiles,
 * softmax goes on from block to block, and the weighted values are a product of tiles again. A worker works in scratch memory of its own.
 */
final class AttentionTiles {
  /** Queries of a group, at most. */
  static final int QUERIES = 192;

  private static final ProductTile TILE = ProductTile.BEST;
  private static final float HIDDEN = -1e9f;

  private final int keySize;
  private final int valueSize;
  private final int valuePanels;
  private final float scale;

  /**
   * @param keySize the size of a head's queries and keys; see {@link #fits}
   */
  AttentionTiles(int keySize, int valueSize) {
    this.keySize = keySize;
    this.valueSize = valueSize;
    this.valuePanels = Math.ceilDiv(valueSize, COLUMNS);
    this.scale = (float) (1 / Math.sqrt(keySize));
  }

  /** Whether keys are short enough for a tile. */
  static boolean fits(int keySize) {
    return keySize <= DEPTH;
  }

  long scratchBytes() {
    return sums() + 4L * TILE.rows * COLUMNS;
  }

  // A worker's memory: queries and scores as left matrices, keys and values as panels, packing, weighted values, for each query the
  // largest score and the sum of weights, the sums of a tile.
  private static long scores() {
    return QUERIES * LEFT_STRIDE;
  }

  private static long keyPanels() {
    return 2 * QUERIES * LEFT_STRIDE;
  }

  private static long valuePanelsAt() {
    return keyPanels() + Math.ceilDiv(DEPTH, COLUMNS) * Packing.PANEL_BYTES;
  }

  private long space() {
    return valuePanelsAt() + valuePanels * Packing.PANEL_BYTES;
  }

  private long outputs() {
    return space() + Math.max(Packing.SPACE_BYTES, 4L * valueSize);
  }

  private long outputStride() {
    return 4L * valuePanels * COLUMNS;
  }

  private long largest() {
    return outputs() + QUERIES * outputStride();
  }

  private long totals() {
    return largest() + 4L * QUERIES;
  }

  private long sums() {
    return totals() + 4L * QUERIES;
  }

  /** Begins with query i of a group. */
  void begin(int i, MatrixRows queries, long row, long scratch) {
    queries.read(row, 0, keySize, scratch + i * LEFT_STRIDE);
    Floats.multiply(scale, scratch + i * LEFT_STRIDE, scratch + i * LEFT_STRIDE, keySize);
    Floats.clear(scratch + outputs() + i * outputStride(), valuePanels * COLUMNS);
    Memory.setFloat(scratch + largest() + 4L * i, Float.NEGATIVE_INFINITY);
    Memory.setFloat(scratch + totals() + 4L * i, 0);
  }

  /** Lays a block of at most {@link ProductTile#DEPTH} keys and values out, and zeros behind a number of values that is no multiple of four. */
  void pack(MatrixRows keys, MatrixRows values, long firstRow, int block, long scratch) {
    Packing.rightTransposed(keys, firstRow, block, 0, keySize, scratch + keyPanels(), Packing.PANEL_BYTES, scratch + space());
    Packing.right(values, 0, valueSize, firstRow, block, scratch + valuePanelsAt(), Packing.PANEL_BYTES, scratch + space());
    for (int panel = 0; panel < valuePanels; panel++) {
      Floats.clear(scratch + valuePanelsAt() + panel * Packing.PANEL_BYTES + 4L * COLUMNS * block, COLUMNS * (fours(block) - block));
    }
  }

  /**
   * Attends from all queries of a group to the block that was laid out.
   *
   * @param seen keys of the block, and beyond it, that the first query may see
   * @param causal whether each further query sees one more
   * @param mask the address of an integer for each key of the block, 0 for a key that is hidden; 0 if all may be seen
   */
  void attend(int queryCount, int keyCount, int seen, boolean causal, long mask, long scratch) {
    for (int i = 0; i < queryCount; i += TILE.rows) {
      // The keys of this block that each query of the tile sees begin with those that the first one does.
      block(i, Math.min(TILE.rows, queryCount - i), keyCount, causal ? seen + i : seen, causal ? 1 : 0, mask, scratch);
    }
  }

  /** A tile of queries and a block of keys. */
  private void block(int first, int queryCount, int keyCount, int seen, int more, long mask, long scratch) {
    int most = Math.min(keyCount, seen + (queryCount - 1) * more);
    if (most <= 0) {
      return;
    }
    long scores = scratch + scores() + first * LEFT_STRIDE;
    for (int key = 0; key < most; key += COLUMNS) {
      TILE.multiply(scratch + first * LEFT_STRIDE, scratch + keyPanels() + key / COLUMNS * Packing.PANEL_BYTES, keySize, scores + 4L * key,
          LEFT_STRIDE);
    }
    if (mask != 0) {
      hide(queryCount, most, mask, scores);
    }
    int terms = fours(most);
    for (int i = 0; i < queryCount; i++) {
      softmax(first + i, Math.min(most, seen + i * more), terms, scores + i * LEFT_STRIDE, scratch);
    }
    for (int panel = 0; panel < valuePanels; panel++) {
      long target = scratch + outputs() + first * outputStride() + 4L * panel * COLUMNS;
      TILE.goOn(scores, scratch + valuePanelsAt() + panel * Packing.PANEL_BYTES, terms, target, outputStride(), target, outputStride(),
          scratch + sums());
    }
  }

  /** Tiles are faster with whole fours of terms. */
  private static int fours(int terms) {
    return terms + 3 & -4;
  }

  private static void hide(int queryCount, int keyCount, long mask, long scores) {
    for (int key = 0; key < keyCount; key++) {
      if (Memory.getInt(mask + 4L * key) == 0) {
        for (int i = 0; i < queryCount; i++) {
          Memory.setFloat(scores + i * LEFT_STRIDE + 4L * key, HIDDEN);
        }
      }
    }
  }

  /** Turns a query's scores into weights and scales what it has so far, so that both are relative to the largest score yet. */
  private void softmax(int query, int count, int terms, long scores, long scratch) {
    if (count <= 0) {
      Floats.clear(scores, terms);
      return;
    }
    long largestAt = scratch + largest() + 4L * query;
    long totalAt = scratch + totals() + 4L * query;
    float before = Memory.getFloat(largestAt);
    float largest = Math.max(before, Floats.largest(scores, count));
    float total = Exponential.ofDifferences(scores, scores, count, largest);
    Floats.clear(scores + 4L * count, terms - count);
    if (largest != before && before != Float.NEGATIVE_INFINITY) {
      float factor = (float) Math.exp(before - largest);
      long outputs = scratch + outputs() + query * outputStride();
      Floats.multiply(factor, outputs, outputs, valueSize);
      Memory.setFloat(totalAt, Memory.getFloat(totalAt) * factor);
    }
    Memory.setFloat(largestAt, largest);
    Memory.setFloat(totalAt, Memory.getFloat(totalAt) + total);
  }

  /** Writes the weighted mean of query i of the group. */
  void end(int i, long y, long scratch) {
    float factor = 1 / Memory.getFloat(scratch + totals() + 4L * i);
    Floats.multiply(factor, scratch + outputs() + i * outputStride(), y, valueSize);
  }
}
