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
  private final MatrixRows[] value;
  private final int valueSize;
  private final CpuTensor result;
  private final HeadWeights weights;
  private final TilePanels values;

  /**
   * @param operands as those of {@link HeadWeights}, the values third
   */
  private ProductAttention(CpuTensor[] operands, CpuTensor result, int heads, boolean causal, AttentionDropout dropout, KernelSite site) {
    int longest = HeadWeights.longest(site);
    this.heads = heads;
    this.value = F32MatrixRows.ofHeads(operands[2], heads);
    this.valueSize = operands[2].width() / heads;
    this.result = result;
    this.weights = new HeadWeights(operands, heads, causal, dropout, site, longest);
    this.values = new TilePanels(longest, valueSize, site);
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
  public void run(int firstRow, int length, int head) {
    weights.begin(firstRow, length, head);
    values.lay(value[head], 1, firstRow, length, valueSize);
    for (int first = 0; first < length; first += QUERIES) {
      int count = Math.min(QUERIES, length - first);
      weights.score(first, count);
      for (int i = 0; i < count; i++) {
        weights.weigh(i);
        weights.draw(i);
        weights.drop(i, weights.weights);
      }
      long outputs = result.address() + 4L * ((long) (firstRow + first) * heads + head) * valueSize;
      weights.sumOverKeys(weights.weights, values, valueSize, outputs, 4L * heads * valueSize);
    }
  }
}
