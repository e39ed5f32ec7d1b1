package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.AttentionTiles.QUERIES;
import static org.terraformer.cpu.vector.ProductTile.DEPTH;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.CausalAttention;

/**
 * Causal attention of many queries: see {@link AttentionTiles}. Blocks of keys begin at multiples of their size, so that neither the group that a
 * query falls in nor the number of workers changes a bit.
 *
 * <p>The first phase writes the new keys and values to the cache, the second attends; workers share the groups.
 */
final class PromptAttentionKernel implements CpuKernel {
  private final AttentionCache cache;
  private final AttentionTiles tiles;
  private final MatrixRows queries;
  private final long y;
  private final int heads;
  private final int valueSize;
  private final MatrixRows keys;
  private final MatrixRows values;

  PromptAttentionKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    this.heads = ((CausalAttention) step.operation()).heads();
    this.cache = new AttentionCache(operands, heads, site.limits().contextLength());
    this.valueSize = cache.valueSize();
    this.tiles = new AttentionTiles(cache.keySize(), valueSize);
    this.queries = new F32MatrixRows(operands[0].address(), 4L * cache.keySize());
    this.keys = cache.keyRows();
    this.values = cache.valueRows();
    this.y = result.address();
  }

  /** Whether the keys are short enough for a tile. */
  static boolean fits(Step step) {
    return AttentionTiles.fits(step.operands().getFirst().width() / ((CausalAttention) step.operation()).heads());
  }

  @Override
  public int phases(Frame frame) {
    return 2;
  }

  @Override
  public long scratchBytes() {
    return tiles.scratchBytes();
  }

  private int tasks(Frame frame) {
    return frame.sequences() * Math.ceilDiv(frame.length(), QUERIES) * heads;
  }

  @Override
  public int sharesPerWorker(int phase, Frame frame, int workers) {
    return phase == 0 ? 1 : Share.perWorker(tasks(frame), 1, workers);
  }

  @Override
  public void run(int phase, Frame frame, int share, int shares) {
    if (phase == 0) {
      cache.store(frame, share, shares);
      return;
    }
    int groups = Math.ceilDiv(frame.length(), QUERIES);
    int to = Share.to(tasks(frame), share, shares);
    for (int task = Share.from(tasks(frame), share, shares); task < to; task++) {
      int sequence = task / (groups * heads);
      int group = groups - 1 - task / heads % groups;
      int first = group * QUERIES;
      attend(frame, sequence, task % heads, first, Math.min(QUERIES, frame.length() - first), frame.scratch());
    }
  }

  /** The queries first..first+count-1 of one head of one sequence. */
  private void attend(Frame frame, int sequence, int head, int first, int count, long scratch) {
    long item = ((long) sequence * frame.length() + first) * heads + head;
    for (int i = 0; i < count; i++) {
      tiles.begin(i, queries, item + (long) i * heads, scratch);
    }
    int position = cache.start(sequence) + first;
    long firstKey = cache.firstRow(frame, sequence, head);
    for (int key = 0; key < position + count; key += DEPTH) {
      int block = Math.min(DEPTH, position + count - key);
      tiles.pack(keys, values, firstKey + key, block, scratch);
      tiles.attend(count, block, position + 1 - key, true, 0, scratch);
    }
    for (int i = 0; i < count; i++) {
      tiles.end(i, y + 4L * (item + (long) i * heads) * valueSize, scratch);
    }
  }
}
