package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.LinearAttentionGradient;

/**
 * The gradient of attention by features in time linear in the length. With S the sums of key features times values and, as a last
 * column, of key features alone, {@code [y n, n] = q S}, {@code g = [u / n, -u . y / n]}: {@code dq = S g}. With R the sums of
 * {@code q g^T} over the queries that see a key: {@code dk = R [v, 1]} and dv is k R without the last column. Workers take turns at
 * the heads of the sequences.
 */
final class LinearAttentionGradientKernel implements CpuKernel {
  private final boolean causal;
  private final int heads;
  private final int keySize;
  private final int valueSize;
  private final int columns;
  private final int mostRows;
  private final long queries;
  private final long keys;
  private final long values;
  private final long upstream;
  private final long result;

  LinearAttentionGradientKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    LinearAttentionGradient operation = (LinearAttentionGradient) step.operation();
    this.causal = operation.causal();
    this.heads = operation.heads();
    this.keySize = operands[1].width() / heads;
    this.valueSize = operands[2].width() / heads;
    this.columns = valueSize + 1;
    this.mostRows = site.limits().rows();
    this.queries = operands[0].address();
    this.keys = operands[1].address();
    this.values = operands[2].address();
    this.upstream = operands[3].address();
    this.result = result.address();
  }

  /** A matrix of sums, one vector, the vectors g of all rows, and room for whole vectors of products. */
  @Override
  public long scratchBytes() {
    return 4L * ((long) keySize * columns + columns + (long) mostRows * columns + keySize + Species.LANES);
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    for (int task = worker; task < frame.sequences() * heads; task += workers) {
      long firstItem = (long) task / heads * frame.length() * heads + task % heads;
      ofQueries(frame, firstItem, task % heads, frame.scratch());
      ofKeys(frame, firstItem, task % heads, frame.scratch());
    }
  }

  private void ofQueries(Frame frame, long firstItem, int head, long sums) {
    Floats.clear(sums, keySize * columns);
    for (int t = 0; t < frame.length() && !causal; t++) {
      addKey(sums, firstItem + (long) t * heads);
    }
    long products = products(sums);
    for (int t = 0; t < frame.length(); t++) {
      long item = firstItem + (long) t * heads;
      if (causal) {
        addKey(sums, item);
      }
      long g = g(sums, t);
      weigh(sums, item, vector(sums), g);
      AttentionVectors.scores(false, g, 1, sums, columns, keySize, products);
      Floats.copy(products, gradient(item, head, 0), keySize);
    }
  }

  private void addKey(long sums, long item) {
    for (int i = 0; i < keySize; i++) {
      float feature = Memory.getFloat(keys + 4 * (item * keySize + i));
      long row = sums + 4L * i * columns;
      Floats.addMultiple(feature, values + 4 * item * valueSize, row, valueSize);
      Memory.setFloat(row + 4L * valueSize, Memory.getFloat(row + 4L * valueSize) + feature);
    }
  }

  /** The vector g of a query. */
  private void weigh(long sums, long item, long attended, long g) {
    Floats.clear(attended, columns);
    for (int i = 0; i < keySize; i++) {
      Floats.addMultiple(Memory.getFloat(queries + 4 * (item * keySize + i)), sums + 4L * i * columns, attended, columns);
    }
    float factor = 1 / Memory.getFloat(attended + 4L * valueSize);
    long u = upstream + 4 * item * valueSize;
    float product = 0;
    for (int i = 0; i < valueSize; i++) {
      product += Memory.getFloat(u + 4L * i) * Memory.getFloat(attended + 4L * i);
    }
    Floats.multiply(factor, u, g, valueSize);
    Memory.setFloat(g + 4L * valueSize, -product * factor * factor);
  }

  private void ofKeys(Frame frame, long firstItem, int head, long sums) {
    Floats.clear(sums, keySize * columns);
    for (int t = 0; t < frame.length() && !causal; t++) {
      addQuery(sums, firstItem + (long) t * heads, t);
    }
    long products = products(sums);
    long value = vector(sums);
    for (int t = frame.length() - 1; t >= 0; t--) {
      long item = firstItem + (long) t * heads;
      if (causal) {
        addQuery(sums, item, t);
      }
      Floats.copy(values + 4 * item * valueSize, value, valueSize);
      Memory.setFloat(value + 4L * valueSize, 1);
      AttentionVectors.scores(false, value, 1, sums, columns, keySize, products);
      Floats.copy(products, gradient(item, head, 1), keySize);
      long dv = gradient(item, head, 2);
      Floats.clear(dv, valueSize);
      for (int i = 0; i < keySize; i++) {
        Floats.addMultiple(Memory.getFloat(keys + 4 * (item * keySize + i)), sums + 4L * i * columns, dv, valueSize);
      }
    }
  }

  private void addQuery(long sums, long item, int t) {
    for (int i = 0; i < keySize; i++) {
      Floats.addMultiple(Memory.getFloat(queries + 4 * (item * keySize + i)), g(sums, t), sums + 4L * i * columns, columns);
    }
  }

  private long vector(long scratch) {
    return scratch + 4L * keySize * columns;
  }

  private long g(long scratch, int t) {
    return vector(scratch) + 4L * columns + 4L * t * columns;
  }

  private long products(long scratch) {
    return g(scratch, mostRows);
  }

  /** Where the gradient of an item's query (0), key (1) or value (2) lies. */
  private long gradient(long item, int head, int kind) {
    long width = heads * (2L * keySize + valueSize);
    long at = kind < 2 ? (long) (kind * heads + head) * keySize : 2L * heads * keySize + (long) head * valueSize;
    return result + 4 * (item / heads * width + at);
  }
}
