package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.HeadWeights.QUERIES;
import static org.terraformer.cpu.vector.ProductTile.COLUMNS;
import static org.terraformer.cpu.vector.TileRows.BLOCK;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.gradient.AttentionGradient;

/**
 * The gradients of attention, as matrix products: for a group of queries of one head the weights P of all keys are computed anew, then with the
 * upstream gradient U {@code dV += P^T U}, {@code dS = P (U V^T - rowsum(P U V^T))}, {@code dQ = dS K} and {@code dK += dS^T Q}.
 */
final class ProductAttentionGradient implements HeadsKernel.Head {
  private final int heads;
  private final int keySize;
  private final int valueSize;
  private final MatrixRows[] keys;
  private final MatrixRows[] values;
  private final CpuTensor upstreams;
  private final CpuTensor result;
  private final HeadWeights weights;
  /** The keys, scaled. */
  private final TilePanels keyPanels;
  private final TilePanels valueColumns;
  private final TileRows upstream;
  /** The group's queries, scaled, and upstream gradients once more, a row for each term. */
  private final TilePanels queryPanels;
  private final TilePanels upstreamPanels;
  private final MatrixRows[] queryRows;
  private final MatrixRows[] upstreamRows;
  /** Gradients of the weights, then of the scores. */
  private final TileRows gradients;

  private ProductAttentionGradient(AttentionGradient attention, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    int longest = HeadWeights.longest(site);
    this.heads = attention.heads();
    this.valueSize = operands[2].width() / heads;
    this.keys = F32MatrixRows.ofHeads(operands[1], heads);
    this.values = F32MatrixRows.ofHeads(operands[2], heads);
    this.upstreams = operands[3];
    this.result = result;
    this.weights = new HeadWeights(operands, heads, attention.causal(), attention.dropout(), site, longest);
    this.keySize = weights.keySize;
    this.keyPanels = new TilePanels(longest, keySize, site);
    this.valueColumns = new TilePanels(valueSize, longest, site);
    this.upstream = new TileRows(QUERIES, valueSize, site);
    this.queryPanels = new TilePanels(QUERIES, keySize, site);
    this.upstreamPanels = new TilePanels(QUERIES, valueSize, site);
    this.queryRows = F32MatrixRows.ofHeads(operands[0], heads);
    this.upstreamRows = F32MatrixRows.ofHeads(upstreams, heads);
    this.gradients = new TileRows(QUERIES, longest, site);
  }

  static CpuKernel of(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    AttentionGradient attention = (AttentionGradient) step.operation();
    CpuTensor[] own = operands.clone();
    return new HeadsKernel(attention.heads(), site, worker -> new ProductAttentionGradient(attention, own, result, site));
  }

  @Override
  public void run(int firstRow, int length, int head) {
    weights.begin(firstRow, length, head);
    keyPanels.lay(keys[head], weights.scale, firstRow, length, keySize);
    valueColumns.layTransposed(values[head], firstRow, length, valueSize);
    for (int first = 0; first < length; first += QUERIES) {
      group(firstRow, first, Math.min(QUERIES, length - first), head);
    }
  }

  /** The queries first..first+count-1 of a sequence and all keys that they see. */
  private void group(int firstRow, int first, int count, int head) {
    weights.score(first, count);
    weights.gather(upstreams, 1, upstream);
    weights.multiply(upstream, valueSize, valueColumns, gradients);
    for (int i = 0; i < count; i++) {
      softmax(i);
    }
    if (count % 2 != 0) {
      int seen = weights.seen(count - 1);
      weights.weights.clear(count, 0, seen + COLUMNS);
      gradients.clear(count, 0, seen + COLUMNS);
    }
    queryPanels.lay(queryRows[head], weights.scale, firstRow + first, count, keySize);
    upstreamPanels.lay(upstreamRows[head], 1, firstRow + first, count, valueSize);
    long stride = 4L * result.width();
    long queryGradients = result.address() + firstRow * stride + 4L * keySize * head;
    long keyGradients = queryGradients + 4L * keySize * heads;
    long valueGradients = result.address() + firstRow * stride + 4L * (2 * keySize * heads + valueSize * head);
    weights.sumOverKeys(gradients, keyPanels, keySize, queryGradients + first * stride, stride);
    weights.sumOverQueries(gradients, queryPanels, keySize, keyGradients, stride);
    weights.sumOverQueries(weights.weights, upstreamPanels, valueSize, valueGradients, stride);
  }

  /** Turns a query's scores into weights, and the gradients of the weights into those of the scores; 0 for keys it does not see. */
  private void softmax(int query) {
    int seen = weights.seen(query);
    gradients.clear(query, seen, seen + COLUMNS);
    float total = weights.exponentiate(query);
    weights.draw(query);
    weights.drop(query, gradients);
    float sum = 0;
    for (int key = 0; key < seen; key += BLOCK) {
      sum += SoftmaxRows.dot(weights.weights.at(query, key), gradients.at(query, key), weights.wholeVectors(query, key));
    }
    for (int key = 0; key < seen; key += BLOCK) {
      SoftmaxRows.gradient(weights.weights.at(query, key), 1 / total, gradients.at(query, key), sum / total, weights.wholeVectors(query, key));
    }
    weights.hide(query, gradients);
    weights.drop(query, weights.weights);
  }
}
