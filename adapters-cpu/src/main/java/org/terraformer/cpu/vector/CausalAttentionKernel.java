package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Species.BYTES_OF_LANES;
import static org.terraformer.cpu.vector.Species.LANES;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.CausalAttention;

/**
 * Causal attention of few queries over a long cache, which streams through once. The positions of a head are parted in fixed ranges; workers
 * share the ranges of all heads, each giving its largest score, the sum of its weights and its
 * weighted values; a second phase puts the ranges of a head together, in their order. So a long context has work for every core, however few heads
 * there are, and a short one for as many as there are heads; the number of workers does not change a bit.
 */
final class CausalAttentionKernel implements CpuKernel {
  /** Positions of a range, of which longer ones are read faster, but shorter ones give few heads more to share. */
  private static final int LONG_RANGE = 4096;
  private static final int SHORT_RANGE = 1024;
  private static final int MANY_HEADS = 16;
  /** Bytes of keys or values that are brought into the cache before they are used, at most: of more the processor foretells the rest. */
  private static final long SHORT_BYTES = 1 << 14;
  private static final int STREAMS = 4;
  /** Of a worker. */
  private static final int MOST_SHARES = 64;
  private static final int LARGEST = 0;
  private static final int TOTAL = 4;
  private static final int SUMS = 8;

  private final AttentionCache cache;
  private final int heads;
  private final int keySize;
  private final int valueSize;
  private final int range;
  private final int ranges;
  private final long query;
  private final long y;
  private final float scale;
  private final long scoreBytes;
  private final long parts;

  /**
   * @param mostRows rows of all sequences together that this kernel is ever given
   */
  CausalAttentionKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site, int mostRows) {
    this.heads = ((CausalAttention) step.operation()).heads();
    this.cache = new AttentionCache(operands, heads, site.limits().contextLength());
    this.keySize = cache.keySize();
    this.valueSize = cache.valueSize();
    this.range = heads < MANY_HEADS ? SHORT_RANGE : LONG_RANGE;
    this.ranges = Math.ceilDiv(site.limits().contextLength(), range);
    this.query = operands[0].address();
    this.y = result.address();
    this.scale = (float) (1 / Math.sqrt(keySize));
    this.scoreBytes = AttentionVectors.scoreBytes(Math.min(range, site.limits().contextLength()), keySize);
    this.parts = ranges == 1 ? 0 : site.share(mostRows * (long) heads * ranges * partBytes());
  }

  private long partBytes() {
    return SUMS + 4L * valueSize;
  }

  @Override
  public int phases(Frame frame) {
    for (int sequence = 0; ranges > 1 && sequence < frame.sequences(); sequence++) {
      if (cache.start(sequence) + frame.length() > range) {
        return 2;
      }
    }
    return 1;
  }

  @Override
  public long scratchBytes() {
    return scoreBytes;
  }

  /** Ranges in which a sequence has positions. */
  private int used(Frame frame, int sequence) {
    return Math.ceilDiv(cache.start(sequence) + frame.length(), range);
  }

  @Override
  public int sharesPerWorker(int phase, Frame frame, int workers) {
    return phase == 0 ? Math.min(MOST_SHARES, Math.ceilDiv(heads * used(frame, 0), workers)) : 1;
  }

  @Override
  public void run(int phase, Frame frame, int share, int shares) {
    for (int sequence = 0; sequence < frame.sequences(); sequence++) {
      if (phase == 0) {
        int used = used(frame, sequence);
        int to = Share.to(heads * used, share, shares);
        for (int task = Share.from(heads * used, share, shares); task < to; task++) {
          attend(frame, sequence, task / used, task % used, frame.scratch());
        }
      } else {
        combine(frame, sequence, share, shares);
      }
    }
  }

  private void attend(Frame frame, int sequence, int head, int number, long space) {
    int start = cache.start(sequence);
    int first = number * range;
    for (int t = Math.max(0, first - start); t < Math.min(frame.length(), first + range - start); t++) {
      cache.store(frame, sequence, t, head);
    }
    long cached = cache.firstRow(frame, sequence, head) + first;
    for (int t = 0; t < frame.length(); t++) {
      int count = Math.min(range, start + t + 1 - first);
      if (count > 0) {
        attend(((long) sequence * frame.length() + t) * heads + head, number, start + t < range, cached, count, space);
      }
    }
  }

  /** The keys of one range that a query sees. */
  private void attend(long item, int number, boolean only, long cached, int count, long space) {
    touch(cache.keyAddress(cached), cache.keyAddress(cached + count), space);
    touch(cache.valueAddress(cached), cache.valueAddress(cached + count), space);
    AttentionVectors.scores(cache.halves(), query + 4 * item * keySize, scale, cache.keyAddress(cached), keySize, count, space);
    float largest = Floats.largest(space, count);
    float total = Exponential.ofDifferences(space, space, count, largest);
    if (only) {
      long out = y + 4 * item * valueSize;
      AttentionVectors.weightedSum(cache.halves(), space, cache.valueAddress(cached), valueSize, count, out);
      Floats.multiply(1 / total, out, out, valueSize);
      return;
    }
    long part = part(item, number);
    Memory.setFloat(part + LARGEST, largest);
    Memory.setFloat(part + TOTAL, total);
    AttentionVectors.weightedSum(cache.halves(), space, cache.valueAddress(cached), valueSize, count, part + SUMS);
  }

  /** Reads a head's few keys or values, all at once. */
  private static void touch(long from, long to, long space) {
    long bytes = to - from;
    if (bytes <= SHORT_BYTES) {
      int floats = (int) (bytes / (STREAMS * BYTES_OF_LANES)) * LANES;
      FourVectorTile.touch(from, 4L * floats, floats, space);
    }
  }

  private long part(long item, int number) {
    return parts + (item * ranges + number) * partBytes();
  }

  private void combine(Frame frame, int sequence, int share, int shares) {
    int items = frame.length() * heads;
    for (int i = Share.from(items, share, shares); i < Share.to(items, share, shares); i++) {
      int used = Math.ceilDiv(cache.start(sequence) + i / heads + 1, range);
      if (used > 1) {
        combine((long) sequence * items + i, used);
      }
    }
  }

  private void combine(long item, int used) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int number = 0; number < used; number++) {
      largest = Math.max(largest, Memory.getFloat(part(item, number) + LARGEST));
    }
    float total = 0;
    for (int number = 0; number < used; number++) {
      total += (float) Math.exp(Memory.getFloat(part(item, number) + LARGEST) - largest) * Memory.getFloat(part(item, number) + TOTAL);
    }
    long out = y + 4 * item * valueSize;
    Floats.clear(out, valueSize);
    for (int number = 0; number < used; number++) {
      long sums = part(item, number) + SUMS;
      float factor = (float) Math.exp(Memory.getFloat(part(item, number) + LARGEST) - largest) / total;
      Floats.multiply(factor, sums, sums, valueSize);
      Elements.add(sums, out, out, valueSize);
    }
  }
}
