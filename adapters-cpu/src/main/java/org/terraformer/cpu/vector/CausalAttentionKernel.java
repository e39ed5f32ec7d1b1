package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.CausalAttention;
import org.terraformer.ports.tensor.BFloat16;
import org.terraformer.ports.tensor.DType;

/**
 * Causal attention over a cache that lies head by head, [slot][head][position][size], so that a head streams contiguous memory. The first
 * phase writes the new keys and values, the second attends; workers take ranges of heads, then of rows within them.
 */
final class CausalAttentionKernel implements CpuKernel {
  private final int heads;
  private final int keySize;
  private final int valueSize;
  private final int context;
  private final int cacheBytes;
  private final long query;
  private final long key;
  private final long value;
  private final long starts;
  private final long keys;
  private final long values;
  private final long y;
  private final float scale;
  private final long scores;

  CausalAttentionKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    this.heads = ((CausalAttention) step.operation()).heads();
    this.keySize = operands[1].width() / heads;
    this.valueSize = operands[2].width() / heads;
    this.context = site.limits().contextLength();
    this.cacheBytes = operands[4].dtype() == DType.BF16 ? 2 : 4;
    this.query = operands[0].address();
    this.key = operands[1].address();
    this.value = operands[2].address();
    this.starts = operands[3].address();
    this.keys = operands[4].address();
    this.values = operands[5].address();
    this.y = result.address();
    this.scale = (float) (1 / Math.sqrt(keySize));
    this.scores = site.allocate(4L * context * heads);
  }

  @Override
  public int phases() {
    return 2;
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    int from = Share.from(heads, worker, workers);
    int to = Share.to(heads, worker, workers);
    for (int sequence = 0; sequence < frame.sequences(); sequence++) {
      int start = Memory.getInt(starts + 4L * sequence);
      for (int head = from; head < to; head++) {
        long cache = ((long) (frame.firstSlot() + sequence) * heads + head) * context;
        for (int t = 0; t < frame.length(); t++) {
          long row = ((long) sequence * frame.length() + t) * heads + head;
          if (phase == 0) {
            store(key + 4L * row * keySize, keys + (cache + start + t) * keySize * cacheBytes, keySize);
            store(value + 4L * row * valueSize, values + (cache + start + t) * valueSize * cacheBytes, valueSize);
          } else {
            attend(row, cache, start + t + 1, scores + 4L * context * head);
          }
        }
      }
    }
  }

  private void store(long from, long to, int size) {
    if (cacheBytes == 4) {
      Memory.copy(from, to, 4L * size);
      return;
    }
    for (int i = 0; i < size; i++) {
      Memory.setShort(to + 2L * i, BFloat16.fromFloat(Memory.getFloat(from + 4L * i)));
    }
  }

  private void attend(long row, long cache, int count, long weights) {
    long q = query + 4L * row * keySize;
    float largest = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < count; j++) {
      long at = keys + (cache + j) * keySize * cacheBytes;
      float dot = cacheBytes == 4 ? CacheVectors.dotF32(q, at, keySize) : CacheVectors.dotBf16(q, at, keySize);
      float score = dot * scale;
      Memory.setFloat(weights + 4L * j, score);
      largest = Math.max(largest, score);
    }
    double total = 0;
    for (int j = 0; j < count; j++) {
      float weight = (float) Math.exp(Memory.getFloat(weights + 4L * j) - largest);
      Memory.setFloat(weights + 4L * j, weight);
      total += weight;
    }
    long out = y + 4L * row * valueSize;
    for (int i = 0; i < valueSize; i++) {
      Memory.setFloat(out + 4L * i, 0);
    }
    float normaliser = (float) (1 / total);
    for (int j = 0; j < count; j++) {
      float weight = Memory.getFloat(weights + 4L * j) * normaliser;
      long at = values + (cache + j) * valueSize * cacheBytes;
      if (cacheBytes == 4) {
        CacheVectors.addScaledF32(weight, at, out, valueSize);
      } else {
        CacheVectors.addScaledBf16(weight, at, out, valueSize);
      }
    }
  }
}
