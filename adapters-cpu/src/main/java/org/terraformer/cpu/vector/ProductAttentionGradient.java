package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.HeadWeights.QUERIES;

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
  private final int valueSize;
  private final CpuTensor[] operands;
  private final CpuTensor result;
  private final HeadWeights weights;
  private final int keySize;
  private final long values;
  private final long upstream;
  private final long queryGradients;
  private final long keyGradients;
  private final long valueGradients;
  private final long scores;
  private final MatrixProduct toWeightGradients;
  private final MatrixProduct toValueGradients;
  private final MatrixProduct toQueryGradients;
  private final MatrixProduct toKeyGradients;

  private ProductAttentionGradient(AttentionGradient attention, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    int longest = HeadWeights.longest(site);
    this.heads = attention.heads();
    this.valueSize = operands[2].width() / heads;
    this.operands = operands;
    this.result = result;
    this.weights = new HeadWeights(operands, heads, attention.causal(), attention.dropout(), site, longest);
    this.keySize = weights.keySize;
    this.upstream = site.share(4L * QUERIES * valueSize);
    this.queryGradients = site.share(4L * QUERIES * keySize);
    this.values = site.share(4L * longest * valueSize);
    this.keyGradients = site.share(4L * longest * keySize);
    this.valueGradients = site.share(4L * longest * valueSize);
    this.scores = site.share(QUERIES * weights.stride);
    MatrixRows u = new F32MatrixRows(upstream, 4L * valueSize);
    MatrixRows p = new F32MatrixRows(weights.weights, weights.stride);
    MatrixRows ds = new F32MatrixRows(scores, weights.stride);
    this.toWeightGradients = MatrixProduct.rightTransposed(u, new F32MatrixRows(values, 4L * valueSize),
        ResultRows.fromZero(scores, weights.stride));
    this.toValueGradients = MatrixProduct.leftTransposed(p, u, ResultRows.fromPresent(valueGradients, 4L * valueSize));
    this.toQueryGradients = MatrixProduct.of(ds, new F32MatrixRows(weights.keys, 4L * keySize),
        ResultRows.fromZero(queryGradients, 4L * keySize));
    this.toKeyGradients = MatrixProduct.leftTransposed(ds, new F32MatrixRows(weights.queries, 4L * keySize),
        ResultRows.fromPresent(keyGradients, 4L * keySize));
  }

  static CpuKernel of(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    AttentionGradient attention = (AttentionGradient) step.operation();
    CpuTensor[] own = operands.clone();
    return new HeadsKernel(attention.heads(), site, worker -> new ProductAttentionGradient(attention, own, result, site));
  }

  @Override
  public void run(int firstRow, int length, int head, long scratch) {
    weights.begin(firstRow, length, head);
    for (int t = 0; t < length; t++) {
      weights.copy(operands[2], t, valueSize, values + 4L * t * valueSize);
    }
    Floats.clear(keyGradients, length * keySize);
    Floats.clear(valueGradients, length * valueSize);
    for (int first = 0; first < length; first += QUERIES) {
      int count = Math.min(QUERIES, length - first);
      group(first, count, scratch);
      for (int i = 0; i < count; i++) {
        Floats.multiply(weights.scale, queryGradients + 4L * i * keySize, row(firstRow + first + i) + 4L * keySize * head, keySize);
      }
    }
    for (int t = 0; t < length; t++) {
      Floats.copy(keyGradients + 4L * t * keySize, row(firstRow + t) + 4L * keySize * (heads + head), keySize);
      Floats.copy(valueGradients + 4L * t * valueSize, row(firstRow + t) + 4L * (2 * keySize * heads + valueSize * head), valueSize);
    }
  }

  private long row(int row) {
    return result.address() + 4L * row * result.width();
  }

  /** The queries first..first+count-1 and all keys that they see. */
  private void group(int first, int count, long scratch) {
    for (int i = 0; i < count; i++) {
      weights.copy(operands[3], first + i, valueSize, upstream + 4L * i * valueSize);
    }
    int seen = weights.seen(first, count);
    weights.score(first, count, scratch);
    toWeightGradients.run(count, seen, valueSize, 0, 1, scratch);
    for (int i = 0; i < count; i++) {
      softmax(i, seen);
    }
    toValueGradients.run(seen, valueSize, count, 0, 1, scratch);
    toQueryGradients.run(count, keySize, seen, 0, 1, scratch);
    toKeyGradients.run(seen, keySize, count, 0, 1, scratch);
  }

  /** Turns a query's scores into weights, and the gradients of the weights into those of the scores; 0 for keys it does not see. */
  private void softmax(int query, int seen) {
    long p = weights.weights + query * weights.stride;
    long gradients = scores + query * weights.stride;
    int count = weights.seen(query);
    weights.weigh(query);
    weights.draw(query);
    weights.drop(query, gradients);
    Floats.scaleAndShift(1, (float) -Moments.dot(p, gradients, count), gradients, gradients, count);
    Elements.multiply(p, gradients, gradients, count);
    weights.hide(query, gradients);
    weights.drop(query, p);
    Floats.clear(p + 4L * count, seen - count);
    Floats.clear(gradients + 4L * count, seen - count);
  }
}
