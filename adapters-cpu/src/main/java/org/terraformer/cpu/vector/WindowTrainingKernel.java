package org.terraformer.cpu.vector;

import java.util.stream.IntStream;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.AttentionWindow;
import org.terraformer.ports.operation.ChunkedAttentionGradient;
import org.terraformer.ports.operation.DroppedChunkedAttention;
import org.terraformer.ports.operation.DroppedLshAttention;
import org.terraformer.ports.operation.LshAttention;
import org.terraformer.ports.operation.LshAttentionGradient;
import org.terraformer.ports.random.AttentionDropout;

/**
 * What training needs of attention in windows, of rows as they are or sorted by buckets: its results where some weights are left out, and its
 * gradients. Workers take turns at the heads of the sequences.
 */
final class WindowTrainingKernel implements CpuKernel {
  private final int heads;
  private final long buckets;
  private final int standardLength;
  private final HeadTask[] windows;
  private final HeadTask[] plain;

  private WindowTrainingKernel(int heads, Tasks tasks) {
    this.heads = heads;
    this.buckets = 0;
    this.standardLength = 0;
    this.windows = tasks.ofWorkers();
    this.plain = null;
  }

  /**
   * @param standard of attention without hashing, for short sequences; null without such
   */
  private WindowTrainingKernel(LshAttention attention, CpuTensor buckets, Tasks hashed, Tasks standard) {
    this.heads = attention.heads();
    this.buckets = buckets.address();
    this.standardLength = attention.standardLength();
    this.windows = hashed.ofWorkers();
    this.plain = standard == null ? null : standard.ofWorkers();
  }

  static CpuKernel droppedChunks(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    DroppedChunkedAttention operation = (DroppedChunkedAttention) step.operation();
    long mask = operation.window().masked() ? operands[3].address() : 0;
    return new WindowTrainingKernel(operation.heads(),
        new Tasks(operation.window(), operation.heads(), 1, operands, mask, operation.dropout(), null, false, result, site));
  }

  static CpuKernel droppedHashing(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    DroppedLshAttention operation = (DroppedLshAttention) step.operation();
    return ofHashing(operation.attention(), 3, null, operation.dropout(), operands, result, site);
  }

  static CpuKernel gradientOfChunks(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    ChunkedAttentionGradient operation = (ChunkedAttentionGradient) step.operation();
    long mask = operation.window().masked() ? operands[4].address() : 0;
    return new WindowTrainingKernel(operation.heads(),
        new Tasks(operation.window(), operation.heads(), 1, operands, mask, operation.dropout(), operands[3], false, result, site));
  }

  static CpuKernel gradientOfHashing(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    LshAttentionGradient operation = (LshAttentionGradient) step.operation();
    return ofHashing(operation.attention(), 4, operands[3], operation.dropout(), operands, result, site);
  }

  /**
   * @param bucketsAt the place of the buckets among the operands, which the mask follows
   */
  private static CpuKernel ofHashing(LshAttention attention, int bucketsAt, CpuTensor upstream, AttentionDropout dropout,
      CpuTensor[] operands, CpuTensor result, KernelSite site) {
    long mask = attention.window().masked() ? operands[bucketsAt + 1].address() : 0;
    CpuTensor[] shared = operands.clone();
    shared[1] = operands[0];
    int heads = attention.heads();
    return new WindowTrainingKernel(attention, operands[bucketsAt],
        new Tasks(attention.window(), heads, attention.hashes(), operands, mask, dropout, upstream, false, result, site),
        attention.standardLength() == 0 ? null
            : new Tasks(attention.standardWindow(), heads, 1, shared, mask, dropout, upstream, true, result, site));
  }

  /**
   * What the workers do alike.
   *
   * @param upstream of gradients; null for results
   * @param keysAreQueries as in {@link WindowAttentionGradient}
   */
  private record Tasks(AttentionWindow window, int heads, int hashes, CpuTensor[] operands, long mask, AttentionDropout dropout,
      CpuTensor upstream, boolean keysAreQueries, CpuTensor result, KernelSite site) {
    private HeadTask[] ofWorkers() {
      return IntStream.range(0, site.workers()).mapToObj(worker -> ofWorker()).toArray(HeadTask[]::new);
    }

    private HeadTask ofWorker() {
      int rows = site.limits().rows();
      ChunkWindows windows = new ChunkWindows(window, heads, hashes, operands, mask, rows, dropout);
      int valueSize = operands[2].width() / heads;
      return upstream == null ? new WindowAttention(windows, hashes, valueSize, rows, result.address())
          : new WindowAttentionGradient(windows, heads, hashes, operands[1].width() / heads, valueSize, rows, keysAreQueries,
              upstream.address(), result.address());
    }
  }

  @Override
  public long scratchBytes() {
    return Math.max(windows[0].scratchBytes(), plain == null ? 0 : plain[0].scratchBytes());
  }

  @Override
  public int sharesPerWorker(int phase, Frame frame, int workers) {
    return Share.perWorker((long) frame.sequences() * heads, 1, workers);
  }

  @Override
  public void run(int phase, Frame frame, int share, int shares) {
    boolean standard = plain != null && frame.length() <= standardLength;
    int tasks = frame.sequences() * heads;
    int to = Share.to(tasks, share, shares);
    for (int task = Share.from(tasks, share, shares); task < to; task++) {
      (standard ? plain : windows)[frame.worker()].run(frame, task / heads, task % heads, standard ? 0 : buckets, frame.scratch());
    }
  }
}
