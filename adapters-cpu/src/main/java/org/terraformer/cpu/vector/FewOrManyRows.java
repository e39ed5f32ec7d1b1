package org.terraformer.cpu.vector;

import java.util.function.ToIntFunction;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;

/**
 * An operation with two kernels: one for the few rows of decoding, which reads weights as they lie, and one for the many of a prompt, which
 * unpacks them once for all rows.
 */
final class FewOrManyRows implements CpuKernel {
  private final CpuKernel few;
  private final CpuKernel many;
  private final ToIntFunction<Frame> count;
  private final int fewest;

  /**
   * @param count what a run has to compute
   * @param fewest from this count on {@code many} computes it
   */
  FewOrManyRows(CpuKernel few, CpuKernel many, ToIntFunction<Frame> count, int fewest) {
    this.few = few;
    this.many = many;
    this.count = count;
    this.fewest = fewest;
  }

  /** Counts the items of a result. */
  FewOrManyRows(CpuKernel few, CpuKernel many, Extent extent, int fewest) {
    this(few, many, frame -> frame.items(extent), fewest);
  }

  @Override
  public int phases(Frame frame) {
    return kernel(frame).phases(frame);
  }

  @Override
  public boolean meetsAfter(int phase, Frame frame) {
    return kernel(frame).meetsAfter(phase, frame);
  }

  @Override
  public long scratchBytes() {
    return Math.max(few.scratchBytes(), many.scratchBytes());
  }

  @Override
  public int sharesPerWorker(int phase, Frame frame, int workers) {
    return kernel(frame).sharesPerWorker(phase, frame, workers);
  }

  @Override
  public void run(int phase, Frame frame, int share, int shares) {
    kernel(frame).run(phase, frame, share, shares);
  }

  private CpuKernel kernel(Frame frame) {
    return count.applyAsInt(frame) < fewest ? few : many;
  }
}
