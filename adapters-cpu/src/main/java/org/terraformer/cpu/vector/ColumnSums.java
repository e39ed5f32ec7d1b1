package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;

/**
 * Sums over the vectors of a run, column by column: gradients of biases and scales. Vectors are read whole, one after another, as memory likes
 * it best, so workers take parts of them. How many parts there are depends on the vectors alone, and their sums are added in order.
 */
final class ColumnSums implements CpuKernel {
  /** Vectors that are added together. */
  static final int TOGETHER = 4;

  private static final int MOST_PARTS = 16;

  private final int size;
  private final int vectorsPerItem;
  private final Extent extent;
  private final long y;
  private final long scratchBytes;
  private final Adder adder;
  private final long sums;

  /** Adds the vectors from..to, of which all but the last part have a multiple of {@link #TOGETHER}, to as many sums as a vector has columns. */
  @FunctionalInterface
  interface Adder {
    void add(int from, int to, long sums, long scratch);
  }

  /**
   * @param summed an operand with the vectors, each of as many elements as the result
   */
  ColumnSums(CpuTensor summed, CpuTensor result, KernelSite site, long scratchBytes, Adder adder) {
    this.size = result.width();
    this.vectorsPerItem = summed.width() / size;
    this.extent = summed.value().extent();
    this.y = result.address();
    this.scratchBytes = scratchBytes;
    this.adder = adder;
    this.sums = site.share(4L * size * MOST_PARTS);
  }

  private int vectors(Frame frame) {
    return frame.items(extent) * vectorsPerItem;
  }

  private static int parts(int vectors) {
    return Math.clamp(vectors / (2 * TOGETHER), 1, MOST_PARTS);
  }

  @Override
  public int phases(Frame frame) {
    return 2;
  }

  @Override
  public long scratchBytes() {
    return scratchBytes;
  }

  @Override
  public int sharesPerWorker(int phase, Frame frame, int workers) {
    int vectors = vectors(frame);
    return phase == 0 ? Math.min(Share.perWorker((long) vectors * size, Share.FEWEST_ELEMENTS, workers), Math.max(1, parts(vectors) / workers))
        : Share.perWorker(size, Share.FEWEST_COLUMNS, workers);
  }

  @Override
  public void run(int phase, Frame frame, int share, int shares) {
    int vectors = vectors(frame);
    int parts = parts(vectors);
    if (phase == 0) {
      int to = Share.to(parts, share, shares);
      for (int part = Share.from(parts, share, shares); part < to; part++) {
        long target = sums + 4L * part * size;
        Floats.clear(target, size);
        adder.add(Share.from(vectors, TOGETHER, part, parts), Share.to(vectors, TOGETHER, part, parts), target, frame.scratch());
      }
      return;
    }
    int from = Share.from(size, Share.LINE, share, shares);
    int count = Share.to(size, Share.LINE, share, shares) - from;
    long target = y + 4L * from;
    Floats.copy(sums + 4L * from, target, count);
    for (int part = 1; part < parts; part++) {
      Elements.add(sums + 4L * (part * size + from), target, target, count);
    }
  }
}
