package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Species.LANES;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.gradient.AttentionGradient;

/**
 * The gradients of attention, as matrix products: for a group of queries of one head the weights P of all keys are computed anew, then with the
 * upstream gradient U {@code dV += P^T U}, {@code dS = P (U V^T - rowsum(P U V^T))}, {@code dQ = dS K} and {@code dK += dS^T Q}. Workers take
 * turns at the heads of the sequences; what one head needs is copied side by side into the worker's own memory.
 */
final class AttentionGradientKernel implements CpuKernel {
  private static final int QUERIES = 96;
  private static final float HIDDEN = -1e9f;

  private final int heads;
  private final boolean causal;
  private final int keySize;
  private final int valueSize;
  private final CpuTensor[] operands;
  private final CpuTensor result;
  private final Head[] workers;

  AttentionGradientKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    AttentionGradient attention = (AttentionGradient) step.operation();
    this.heads = attention.heads();
    this.causal = attention.causal();
    this.keySize = operands[0].width() / heads;
    this.valueSize = operands[2].width() / heads;
    this.operands = operands.clone();
    this.result = result;
    this.workers = new Head[site.workers()];
    int longest = Math.min(site.limits().rows(), site.limits().contextLength());
    for (int worker = 0; worker < workers.length; worker++) {
      workers[worker] = new Head(site, longest);
    }
  }

  @Override
  public long scratchBytes() {
    return MatrixProduct.SCRATCH_BYTES;
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    int tasks = frame.sequences() * heads;
    for (int task = worker; task < tasks; task += workers) {
      this.workers[worker].differentiate(task / heads * frame.length(), frame.length(), task % heads, frame.scratch(worker));
    }
  }

  /** One head of one sequence in the memory of one worker. */
  private final class Head {
    private final long queries;
    private final long keys;
    private final long values;
    private final long upstream;
    private final long queryGradients;
    private final long keyGradients;
    private final long valueGradients;
    private final long weights;
    private final long scores;
    private final long visible;
    private final long stride;
    private final MatrixProduct toScores;
    private final MatrixProduct toWeightGradients;
    private final MatrixProduct toValueGradients;
    private final MatrixProduct toQueryGradients;
    private final MatrixProduct toKeyGradients;

    private Head(KernelSite site, int longest) {
      // A vector more than the keys: exponentials are made of whole vectors.
      this.stride = 4L * ((longest + LANES - 1) / LANES + 1) * LANES;
      this.queries = site.allocate(4L * QUERIES * keySize);
      this.upstream = site.allocate(4L * QUERIES * valueSize);
      this.queryGradients = site.allocate(4L * QUERIES * keySize);
      this.keys = site.allocate(4L * longest * keySize);
      this.values = site.allocate(4L * longest * valueSize);
      this.keyGradients = site.allocate(4L * longest * keySize);
      this.valueGradients = site.allocate(4L * longest * valueSize);
      this.weights = site.allocate(QUERIES * stride);
      this.scores = site.allocate(QUERIES * stride);
      this.visible = site.allocate(stride);
      MatrixRows q = rows(queries, keySize);
      MatrixRows k = rows(keys, keySize);
      MatrixRows u = rows(upstream, valueSize);
      MatrixRows p = new F32MatrixRows(weights, stride);
      MatrixRows ds = new F32MatrixRows(scores, stride);
      this.toScores = MatrixProduct.rightTransposed(q, k, ResultRows.fromZero(weights, stride));
      this.toWeightGradients = MatrixProduct.rightTransposed(u, rows(values, valueSize), ResultRows.fromZero(scores, stride));
      this.toValueGradients = MatrixProduct.leftTransposed(p, u, ResultRows.fromPresent(valueGradients, 4L * valueSize));
      this.toQueryGradients = MatrixProduct.of(ds, k, ResultRows.fromZero(queryGradients, 4L * keySize));
      this.toKeyGradients = MatrixProduct.leftTransposed(ds, q, ResultRows.fromPresent(keyGradients, 4L * keySize));
    }

    private MatrixRows rows(long address, int size) {
      return new F32MatrixRows(address, 4L * size);
    }

    private void differentiate(int firstRow, int length, int head, long scratch) {
      for (int t = 0; t < length; t++) {
        copy(1, firstRow + t, head, keySize, keys + 4L * t * keySize);
        copy(2, firstRow + t, head, valueSize, values + 4L * t * valueSize);
        if (!causal) {
          Memory.setFloat(visible + 4L * t, Memory.getInt(operands[4].address() + 4L * (firstRow + t)) == 0 ? 0 : 1);
        }
      }
      Floats.clear(keyGradients, length * keySize);
      Floats.clear(valueGradients, length * valueSize);
      for (int first = 0; first < length; first += QUERIES) {
        group(firstRow, first, Math.min(QUERIES, length - first), length, head, scratch);
      }
      for (int t = 0; t < length; t++) {
        long row = result.address() + 4L * (firstRow + t) * result.width() + 4L * keySize * (heads + head);
        Floats.copy(keyGradients + 4L * t * keySize, row, keySize);
        row += 4L * (keySize * (heads - head) + valueSize * head);
        Floats.copy(valueGradients + 4L * t * valueSize, row, valueSize);
      }
    }

    private void copy(int operand, int row, int head, int size, long to) {
      Floats.copy(operands[operand].address() + 4L * ((long) row * heads + head) * size, to, size);
    }

    /** The queries first..first+count-1 and all keys that they see. */
    private void group(int firstRow, int first, int count, int length, int head, long scratch) {
      float scale = (float) (1 / Math.sqrt(keySize));
      for (int i = 0; i < count; i++) {
        copy(0, firstRow + first + i, head, keySize, queries + 4L * i * keySize);
        copy(3, firstRow + first + i, head, valueSize, upstream + 4L * i * valueSize);
      }
      Floats.multiply(scale, queries, queries, count * keySize);
      int seen = causal ? first + count : length;
      toScores.run(count, seen, keySize, 0, 1, scratch);
      toWeightGradients.run(count, seen, valueSize, 0, 1, scratch);
      for (int i = 0; i < count; i++) {
        softmax(weights + i * stride, scores + i * stride, causal ? first + i + 1 : length, seen);
      }
      toValueGradients.run(seen, valueSize, count, 0, 1, scratch);
      toQueryGradients.run(count, keySize, seen, 0, 1, scratch);
      toKeyGradients.run(seen, keySize, count, 0, 1, scratch);
      for (int i = 0; i < count; i++) {
        long row = result.address() + 4L * (firstRow + first + i) * result.width() + 4L * keySize * head;
        Floats.multiply(scale, queryGradients + 4L * i * keySize, row, keySize);
      }
    }

    /** Turns a query's scores into weights, and the gradients of the weights into those of the scores; 0 for keys it does not see. */
    private void softmax(long weights, long gradients, int count, int seen) {
      if (!causal) {
        hide(weights, count);
      }
      float total = Exponential.ofDifferences(weights, count, Floats.largest(weights, count));
      Floats.multiply(1 / total, weights, weights, count);
      Floats.scaleAndShift(1, (float) -Moments.dot(weights, gradients, count), gradients, gradients, count);
      Elements.multiply(weights, gradients, gradients, count);
      if (!causal) {
        Elements.multiply(visible, gradients, gradients, count);
      }
      Floats.clear(weights + 4L * count, seen - count);
      Floats.clear(gradients + 4L * count, seen - count);
    }

    private void hide(long weights, int count) {
      for (int j = 0; j < count; j++) {
        if (Memory.getFloat(visible + 4L * j) == 0) {
          Memory.setFloat(weights + 4L * j, HIDDEN);
        }
      }
    }
  }
}
