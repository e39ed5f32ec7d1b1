package org.terraformer.cpu.vector;

import java.util.stream.IntStream;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.AttentionWindow;
import org.terraformer.ports.operation.DroppedChunkedAttention;
import org.terraformer.ports.operation.DroppedLshAttention;
import org.terraformer.ports.operation.LshAttention;
import org.terraformer.ports.random.AttentionDropout;

/**
 * Attention of training in windows, of rows as they are or sorted by buckets, of which some weights are left out. Workers take turns at the
 * heads of the sequences.
 */
final class DroppedWindowAttentionKernel implements CpuKernel {
  private final int heads;
  private final long buckets;
  private final int standardLength;
  private final WindowAttention[] windows;
  private final WindowAttention[] plain;

  private DroppedWindowAttentionKernel(int heads, long buckets, int standardLength, WindowAttention[] windows, WindowAttention[] plain) {
    this.heads = heads;
    this.buckets = buckets;
    this.standardLength = standardLength;
    this.windows = windows;
    this.plain = plain;
  }

  static CpuKernel ofChunks(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    DroppedChunkedAttention operation = (DroppedChunkedAttention) step.operation();
    long mask = operation.window().masked() ? operands[3].address() : 0;
    return new DroppedWindowAttentionKernel(operation.heads(), 0, 0,
        windows(operation.window(), operation.heads(), 1, operands, mask, operation.dropout(), result, site), null);
  }

  static CpuKernel ofHashing(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    DroppedLshAttention operation = (DroppedLshAttention) step.operation();
    LshAttention attention = operation.attention();
    int heads = operation.heads();
    long mask = operation.window().masked() ? operands[4].address() : 0;
    CpuTensor[] shared = operands.clone();
    shared[1] = operands[0];
    return new DroppedWindowAttentionKernel(heads, operands[3].address(), operation.standardLength(),
        windows(operation.window(), heads, operation.hashes(), operands, mask, operation.dropout(), result, site),
        operation.standardLength() == 0 ? null
            : windows(attention.standardWindow(), heads, 1, shared, mask, operation.dropout(), result, site));
  }

  private static WindowAttention[] windows(AttentionWindow window, int heads, int hashes, CpuTensor[] operands, long mask,
      AttentionDropout dropout, CpuTensor result, KernelSite site) {
    int rows = site.limits().rows();
    return IntStream.range(0, site.workers()).mapToObj(worker -> new WindowAttention(
        new ChunkWindows(window, heads, hashes, operands, mask, rows, dropout), hashes, operands[2].width() / heads, rows, result.address()))
        .toArray(WindowAttention[]::new);
  }

  @Override
  public long scratchBytes() {
    return Math.max(windows[0].scratchBytes(), plain == null ? 0 : plain[0].scratchBytes());
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    boolean standard = plain != null && frame.length() <= standardLength;
    for (int task = worker; task < frame.sequences() * heads; task += workers) {
      (standard ? plain : windows)[worker].attend(frame, task / heads, task % heads, standard ? 0 : buckets, frame.scratch(worker));
    }
  }
}
