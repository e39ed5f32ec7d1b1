package org.terraformer.cpu.vector;

import java.util.function.ToLongFunction;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;

/** A result in parts that do not depend on each other: elements, vectors, columns. Workers take contiguous ranges. */
final class PartsKernel implements CpuKernel {
  /** Parts that are computed together, so that their number is an int. */
  private static final int MOST_TOGETHER = 1 << 30;

  private final ToLongFunction<Frame> count;
  private final ToLongFunction<Frame> worth;
  private final int unit;
  private final long scratchBytes;
  private final Work work;

  /** Computes the parts from..to, of which there are never more than an int counts. */
  @FunctionalInterface
  interface Work {
    void run(Frame frame, long from, long to, long scratch);
  }

  /** Computes the elements from..to, of which there are never more than an int counts. */
  @FunctionalInterface
  interface Elementwise {
    void run(long from, long to);
  }

  /** Computes the columns from..to. */
  @FunctionalInterface
  interface ColumnWork {
    void run(Frame frame, int from, int to, long scratch);
  }

  /**
   * @param worth how many shares there may be
   */
  private PartsKernel(ToLongFunction<Frame> count, ToLongFunction<Frame> worth, int unit, long scratchBytes, Work work) {
    this.count = count;
    this.worth = worth;
    this.unit = unit;
    this.scratchBytes = scratchBytes;
    this.work = work;
  }

  /** The elements of a step's result. */
  static CpuKernel elements(Step step, Elementwise work) {
    return elements(step, 0, (frame, from, to, scratch) -> work.run(from, to));
  }

  /** As {@link #elements(Step, Elementwise)}, with memory for each worker. */
  static CpuKernel elements(Step step, long scratchBytes, Work work) {
    int width = step.result().width();
    return new PartsKernel(frame -> (long) frame.items(step.result().extent()) * width, worth(step), Share.LINE, scratchBytes, work);
  }

  /** The vectors of a step's result, of so many elements each. */
  static CpuKernel vectors(Step step, int size, long scratchBytes, Work work) {
    long vectors = step.result().width() / size;
    return new PartsKernel(frame -> frame.items(step.result().extent()) * vectors, worth(step), 1, scratchBytes, work);
  }

  /** By the elements that are read or written for each item. */
  private static ToLongFunction<Frame> worth(Step step) {
    long elements = Math.max(step.result().width(), step.operands().isEmpty() ? 0 : step.operands().getFirst().width());
    return frame -> frame.items(step.result().extent()) * elements / Share.FEWEST_ELEMENTS;
  }

  /** The columns of a result that sums over items. */
  static CpuKernel columns(int columns, ColumnWork work) {
    return columns(columns, 0, work);
  }

  /** As {@link #columns(int, ColumnWork)}, with memory for each worker. */
  static CpuKernel columns(int columns, long scratchBytes, ColumnWork work) {
    return new PartsKernel(frame -> columns, frame -> columns / Share.FEWEST_COLUMNS, Share.LINE, scratchBytes,
        (frame, from, to, scratch) -> work.run(frame, (int) from, (int) to, scratch));
  }

  @Override
  public long scratchBytes() {
    return scratchBytes;
  }

  @Override
  public int sharesPerWorker(int phase, Frame frame, int workers) {
    return Share.perWorker(worth.applyAsLong(frame), 1, workers);
  }

  @Override
  public void run(int phase, Frame frame, int share, int shares) {
    long parts = count.applyAsLong(frame);
    long to = Share.to(parts, unit, share, shares);
    for (long from = Share.from(parts, unit, share, shares); from < to; from += MOST_TOGETHER) {
      work.run(frame, from, Math.min(to, from + MOST_TOGETHER), frame.scratch());
    }
  }
}
