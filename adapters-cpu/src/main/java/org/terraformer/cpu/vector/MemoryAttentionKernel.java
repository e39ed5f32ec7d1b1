package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.MemoryAttention;

/**
 * Attention to the keys and values of a source, which stream through once for each row. Workers share the heads of all rows.
 */
final class MemoryAttentionKernel implements CpuKernel {
  private final int heads;
  private final int tokens;
  private final int keySize;
  private final int valueSize;
  private final long query;
  private final long keys;
  private final long values;
  private final long y;
  private final float scale;

  MemoryAttentionKernel(Step step, CpuTensor[] operands, CpuTensor result) {
    this.heads = ((MemoryAttention) step.operation()).heads();
    this.tokens = operands[1].value().shape().intAxis(1);
    this.keySize = operands[1].value().shape().intAxis(2);
    this.valueSize = operands[2].value().shape().intAxis(2);
    this.query = operands[0].address();
    this.keys = operands[1].address();
    this.values = operands[2].address();
    this.y = result.address();
    this.scale = (float) (1 / Math.sqrt(keySize));
  }

  @Override
  public long scratchBytes() {
    // Whole vectors are computed, so the last ones reach beyond the scores.
    return 4L * (tokens + Species.LANES);
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    int items = frame.rows() * heads;
    long scores = frame.scratch();
    for (int item = Share.from(items, worker, workers); item < Share.to(items, worker, workers); item++) {
      long head = item % heads;
      long out = y + 4L * item * valueSize;
      AttentionVectors.scores(false, query + 4L * item * keySize, scale, keys + 4 * head * tokens * keySize, keySize, tokens, scores);
      float total = Exponential.ofDifferences(scores, scores, tokens, Floats.largest(scores, tokens));
      AttentionVectors.weightedSum(false, scores, values + 4 * head * tokens * valueSize, valueSize, tokens, out);
      Floats.multiply(1 / total, out, out, valueSize);
    }
  }
}
