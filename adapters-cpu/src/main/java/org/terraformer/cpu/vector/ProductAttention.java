package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.HeadWeights.QUERIES;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.DroppedAttention;
import org.terraformer.ports.operation.MaskedAttention;
import org.terraformer.ports.random.AttentionDropout;

/**
 * Attention whose weights are made before they meet the values, as where some of them are left out, or where heads are too wide for tiles: the
 * weights of a group of queries of one head are a product of matrices, and what they make of the values another.
 */
final class ProductAttention implements HeadsKernel.Head {
  private final int heads;
  private final CpuTensor value;
  private final int valueSize;
  private final CpuTensor result;
  private final HeadWeights weights;
  private final long values;
  private final long outputs;
  private final MatrixProduct toOutputs;

  /**
   * @param operands as those of {@link HeadWeights}, the values third
   */
  private ProductAttention(CpuTensor[] operands, CpuTensor result, int heads, boolean causal, AttentionDropout dropout, KernelSite site) {
    int longest = HeadWeights.longest(site);
    this.heads = heads;
    this.value = operands[2];
    this.valueSize = value.width() / heads;
    this.result = result;
    this.weights = new HeadWeights(operands, heads, causal, dropout, site, longest);
    this.values = site.share(4L * longest * valueSize);
    this.outputs = site.share(4L * QUERIES * valueSize);
    this.toOutputs = MatrixProduct.of(new F32MatrixRows(weights.weights, weights.stride), new F32MatrixRows(values, 4L * valueSize),
        ResultRows.fromZero(outputs, 4L * valueSize));
  }

  static CpuKernel dropped(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    DroppedAttention attention = (DroppedAttention) step.operation();
    return new HeadsKernel(attention.heads(), site,
        worker -> new ProductAttention(operands, result, attention.heads(), attention.causal(), attention.dropout(), site));
  }

  static CpuKernel masked(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    MaskedAttention attention = (MaskedAttention) step.operation();
    return new HeadsKernel(attention.heads(), site,
        worker -> new ProductAttention(operands, result, attention.heads(), false, AttentionDropout.NONE, site));
  }

  @Override
  public void run(int firstRow, int length, int head, long scratch) {
    weights.begin(firstRow, length, head);
    for (int t = 0; t < length; t++) {
      weights.copy(value, t, valueSize, values + 4L * t * valueSize);
    }
    for (int first = 0; first < length; first += QUERIES) {
      int count = Math.min(QUERIES, length - first);
      int seen = weights.seen(first, count);
      weights.score(first, count, scratch);
      for (int i = 0; i < count; i++) {
        long row = weights.weights + i * weights.stride;
        weights.weigh(i);
        weights.draw(i);
        weights.drop(i, row);
        Floats.clear(row + 4L * weights.seen(i), seen - weights.seen(i));
      }
      toOutputs.run(count, valueSize, seen, 0, 1, scratch);
      for (int i = 0; i < count; i++) {
        long to = result.address() + 4L * ((long) (firstRow + first + i) * heads + head) * valueSize;
        Floats.copy(outputs + 4L * i * valueSize, to, valueSize);
      }
    }
  }
}
