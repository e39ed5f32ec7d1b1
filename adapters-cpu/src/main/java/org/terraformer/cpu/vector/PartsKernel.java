package org.terraformer.cpu.vector;

import java.util.function.ToIntFunction;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;

/** A result in parts that do not depend on each other: elements, vectors, columns. Workers take contiguous ranges. */
final class PartsKernel implements CpuKernel {
  /** Elements of a cache line: no two workers write to the same. */
  private static final int LINE = 16;

  private final ToIntFunction<Frame> count;
  private final int unit;
  private final long scratchBytes;
  private final Work work;

  /** Computes the parts from..to. */
  @FunctionalInterface
  interface Work {
    void run(Frame frame, int from, int to, long scratch);
  }

  /** Computes the elements from..to. */
  @FunctionalInterface
  interface Elementwise {
    void run(long from, long to);
  }

  private PartsKernel(ToIntFunction<Frame> count, int unit, long scratchBytes, Work work) {
    this.count = count;
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
    return new PartsKernel(frame -> Math.multiplyExact(frame.items(step.result().extent()), width), LINE, scratchBytes, work);
  }

  /** The vectors of a step's result, of so many elements each. */
  static CpuKernel vectors(Step step, int size, long scratchBytes, Work work) {
    int vectors = step.result().width() / size;
    return new PartsKernel(frame -> frame.items(step.result().extent()) * vectors, 1, scratchBytes, work);
  }

  /** The columns of a result that sums over items. */
  static CpuKernel columns(int columns, Work work) {
    return columns(columns, 0, work);
  }

  /** As {@link #columns(int, Work)}, with memory for each worker. */
  static CpuKernel columns(int columns, long scratchBytes, Work work) {
    return new PartsKernel(frame -> columns, LINE, scratchBytes, work);
  }

  @Override
  public long scratchBytes() {
    return scratchBytes;
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    int parts = count.applyAsInt(frame);
    int from = Share.from(parts, unit, worker, workers);
    int to = Share.to(parts, unit, worker, workers);
    if (from < to) {
      work.run(frame, from, to, frame.scratch(worker));
    }
  }
}
