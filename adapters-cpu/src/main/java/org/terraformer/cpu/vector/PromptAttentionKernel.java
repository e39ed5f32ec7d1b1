package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.ProductTile.COLUMNS;
import static org.terraformer.cpu.vector.ProductTile.DEPTH;
import static org.terraformer.cpu.vector.ProductTile.LEFT_STRIDE;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.CausalAttention;

/**
 * Causal attention of many queries, after T. Dao et al., FlashAttention (2022): for a group of queries of one head, block by block of keys,
 * scores are a product of tiles, softmax goes on from block to block, and the weighted values are a product of tiles again. Blocks begin at
 * multiples of their size, so that neither the group that a query falls in nor the number of workers changes a bit.
 *
 * <p>The first phase writes the new keys and values to the cache, the second attends; workers take turns at the groups.
 */
final class PromptAttentionKernel implements CpuKernel {
  private static final ProductTile TILE = ProductTile.BEST;
  private static final int QUERIES = 192;

  private final AttentionCache cache;
  private final MatrixRows queries;
  private final long y;
  private final int heads;
  private final int keySize;
  private final int valueSize;
  private final int valuePanels;
  private final float scale;
  private final MatrixRows keys;
  private final MatrixRows values;

  PromptAttentionKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    this.heads = ((CausalAttention) step.operation()).heads();
    this.cache = new AttentionCache(operands, heads, site.limits().contextLength());
    this.keySize = cache.keySize();
    this.valueSize = cache.valueSize();
    this.valuePanels = Math.ceilDiv(valueSize, COLUMNS);
    this.queries = new F32MatrixRows(operands[0].address(), 4L * keySize);
    this.keys = cache.keyRows();
    this.values = cache.valueRows();
    this.y = result.address();
    this.scale = (float) (1 / Math.sqrt(keySize));
  }

  /** Whether the keys are short enough for a tile. */
  static boolean fits(Step step) {
    return step.operands().getFirst().width() / ((CausalAttention) step.operation()).heads() <= DEPTH;
  }

  @Override
  public int phases() {
    return 2;
  }

  @Override
  public long scratchBytes() {
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

  private long largest() {
    return outputs() + 4L * QUERIES * valueSize;
  }

  private long totals() {
    return largest() + 4L * QUERIES;
  }

  private long sums() {
    return totals() + 4L * QUERIES;
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    if (phase == 0) {
      cache.store(frame, worker, workers);
      return;
    }
    int groups = Math.ceilDiv(frame.length(), QUERIES);
    int tasks = frame.sequences() * groups * heads;
    for (int task = worker; task < tasks; task += workers) {
      int sequence = task / (groups * heads);
      int group = groups - 1 - task / heads % groups;
      int first = group * QUERIES;
      attend(frame, sequence, task % heads, first, Math.min(QUERIES, frame.length() - first), frame.scratch(worker));
    }
  }

  /** The queries first..first+count-1 of one head of one sequence. */
  private void attend(Frame frame, int sequence, int head, int first, int count, long scratch) {
    for (int i = 0; i < count; i++) {
      long row = ((long) sequence * frame.length() + first + i) * heads + head;
      queries.read(row, 0, keySize, scratch + i * LEFT_STRIDE);
      Floats.multiply(scale, scratch + i * LEFT_STRIDE, scratch + i * LEFT_STRIDE, keySize);
      Floats.clear(scratch + outputs() + 4L * i * valueSize, valueSize);
      Memory.setFloat(scratch + largest() + 4L * i, Float.NEGATIVE_INFINITY);
      Memory.setFloat(scratch + totals() + 4L * i, 0);
    }
    int position = cache.start(sequence) + first;
    long firstKey = cache.firstRow(frame, sequence, head);
    for (int key = 0; key < position + count; key += DEPTH) {
      int block = Math.min(DEPTH, position + count - key);
      Packing.rightTransposed(keys, firstKey + key, block, 0, keySize, scratch + keyPanels(), scratch + space());
      Packing.right(values, 0, valueSize, firstKey + key, block, scratch + valuePanelsAt(), scratch + space());
      for (int i = 0; i < count; i += TILE.rows) {
        // The keys of this block that each query of the tile sees begin with those that the first one does.
        block(i, Math.min(TILE.rows, count - i), block, position + i + 1 - key, scratch);
      }
    }
    for (int i = 0; i < count; i++) {
      long row = ((long) sequence * frame.length() + first + i) * heads + head;
      float factor = 1 / Memory.getFloat(scratch + totals() + 4L * i);
      Floats.multiply(factor, scratch + outputs() + 4L * i * valueSize, y + 4L * row * valueSize, valueSize);
    }
  }

  /**
   * A tile of queries and a block of keys.
   *
   * @param seen keys of the block, and beyond it, that the tile's first query may see; each further query sees one more
   */
  private void block(int first, int queryCount, int keyCount, int seen, long scratch) {
    int most = Math.min(keyCount, seen + queryCount - 1);
    if (most <= 0) {
      return;
    }
    long scores = scratch + scores() + first * LEFT_STRIDE;
    for (int key = 0; key < most; key += COLUMNS) {
      TILE.multiply(scratch + first * LEFT_STRIDE, scratch + keyPanels() + key / COLUMNS * Packing.PANEL_BYTES, keySize, scores + 4L * key,
          LEFT_STRIDE);
    }
    for (int i = 0; i < queryCount; i++) {
      softmax(first + i, Math.min(most, seen + i), most, scores + i * LEFT_STRIDE, scratch);
    }
    for (int panel = 0; panel < valuePanels; panel++) {
      long sums = scratch + sums();
      TILE.multiply(scores, scratch + valuePanelsAt() + panel * Packing.PANEL_BYTES, most, sums, 4L * COLUMNS);
      for (int i = 0; i < queryCount; i++) {
        long target = scratch + outputs() + 4L * ((long) (first + i) * valueSize + panel * COLUMNS);
        Elements.add(sums + 4L * i * COLUMNS, target, target, Math.min(COLUMNS, valueSize - panel * COLUMNS));
      }
    }
  }

  /** Turns a query's scores into weights and scales what it has so far, so that both are relative to the largest score yet. */
  private void softmax(int query, int count, int most, long scores, long scratch) {
    if (count <= 0) {
      Floats.clear(scores, most);
      return;
    }
    long largestAt = scratch + largest() + 4L * query;
    long totalAt = scratch + totals() + 4L * query;
    float before = Memory.getFloat(largestAt);
    float largest = Math.max(before, Floats.largest(scores, count));
    float total = Exponential.ofDifferences(scores, count, largest);
    Floats.clear(scores + 4L * count, most - count);
    if (largest != before) {
      float factor = (float) Math.exp(before - largest);
      long outputs = scratch + outputs() + 4L * query * valueSize;
      Floats.multiply(factor, outputs, outputs, valueSize);
      Memory.setFloat(totalAt, Memory.getFloat(totalAt) * factor);
      Memory.setFloat(largestAt, largest);
    }
    Memory.setFloat(totalAt, Memory.getFloat(totalAt) + total);
  }
}
