package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.AttentionTiles.QUERIES;
import static org.terraformer.cpu.vector.ProductTile.DEPTH;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.MaskedAttention;

/**
 * Bidirectional attention among the rows of a run: see {@link AttentionTiles}. Workers take turns at the groups of queries of the heads.
 */
final class MaskedAttentionKernel implements CpuKernel {
  private final AttentionTiles tiles;
  private final MatrixRows queries;
  private final MatrixRows[] keys;
  private final MatrixRows[] values;
  private final long mask;
  private final long y;
  private final int heads;
  private final int valueSize;

  MaskedAttentionKernel(Step step, CpuTensor[] operands, CpuTensor result) {
    this.heads = ((MaskedAttention) step.operation()).heads();
    int keySize = operands[1].width() / heads;
    this.valueSize = operands[2].width() / heads;
    this.tiles = new AttentionTiles(keySize, valueSize);
    this.queries = new F32MatrixRows(operands[0].address(), 4L * keySize);
    this.keys = F32MatrixRows.ofHeads(operands[1], heads);
    this.values = F32MatrixRows.ofHeads(operands[2], heads);
    this.mask = operands[3].address();
    this.y = result.address();
  }

  /** Whether the keys are short enough for a tile. */
  static boolean fits(Step step) {
    return AttentionTiles.fits(step.operands().getFirst().width() / ((MaskedAttention) step.operation()).heads());
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
    return Share.perWorker(tasks(frame), 1, workers);
  }

  @Override
  public void run(int phase, Frame frame, int share, int shares) {
    int groups = Math.ceilDiv(frame.length(), QUERIES);
    int to = Share.to(tasks(frame), share, shares);
    for (int task = Share.from(tasks(frame), share, shares); task < to; task++) {
      int first = task / heads % groups * QUERIES;
      attend(frame, task / (groups * heads), task % heads, first, Math.min(QUERIES, frame.length() - first), frame.scratch());
    }
  }

  private void attend(Frame frame, int sequence, int head, int first, int count, long scratch) {
    long row = (long) sequence * frame.length();
    for (int i = 0; i < count; i++) {
      tiles.begin(i, queries, (row + first + i) * heads + head, scratch);
    }
    for (int key = 0; key < frame.length(); key += DEPTH) {
      int block = Math.min(DEPTH, frame.length() - key);
      tiles.pack(keys[head], values[head], row + key, block, scratch);
      tiles.attend(count, block, block, false, mask + 4 * (row + key), scratch);
    }
    for (int i = 0; i < count; i++) {
      tiles.end(i, y + 4L * ((row + first + i) * heads + head) * valueSize, scratch);
    }
  }
}
