package org.terraformer.cpu.vector;

import java.util.stream.IntStream;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.AttentionWindow;
import org.terraformer.ports.operation.ChunkedAttentionGradient;
import org.terraformer.ports.operation.LshAttention;
import org.terraformer.ports.operation.LshAttentionGradient;
import org.terraformer.ports.random.AttentionDropout;

/**
 * Gradients of attention in windows, of rows as they are or sorted by buckets. Workers take turns at the heads of the sequences.
 */
final class WindowAttentionGradientKernel implements CpuKernel {
  private final int heads;
  private final long buckets;
  private final int standardLength;
  private final WindowAttentionGradient[] windows;
  private final WindowAttentionGradient[] plain;

  private WindowAttentionGradientKernel(int heads, long buckets, int standardLength, WindowAttentionGradient[] windows,
      WindowAttentionGradient[] plain) {
    this.heads = heads;
    this.buckets = buckets;
    this.standardLength = standardLength;
    this.windows = windows;
    this.plain = plain;
  }

  static CpuKernel ofChunks(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    ChunkedAttentionGradient operation = (ChunkedAttentionGradient) step.operation();
    long mask = operation.window().masked() ? operands[4].address() : 0;
    return new WindowAttentionGradientKernel(operation.heads(), 0, 0,
        windows(operation.window(), operation.heads(), 1, operands, mask, false, result, site, operation.dropout()), null);
  }

  static CpuKernel ofHashing(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    LshAttentionGradient operation = (LshAttentionGradient) step.operation();
    LshAttention attention = operation.attention();
    int heads = attention.heads();
    long mask = attention.window().masked() ? operands[5].address() : 0;
    CpuTensor[] shared = operands.clone();
    shared[1] = operands[0];
    return new WindowAttentionGradientKernel(heads, operands[4].address(), attention.standardLength(),
        windows(attention.window(), heads, attention.hashes(), operands, mask, false, result, site, operation.dropout()),
        attention.standardLength() == 0 ? null
            : windows(attention.standardWindow(), heads, 1, shared, mask, true, result, site, operation.dropout()));
  }

  private static WindowAttentionGradient[] windows(AttentionWindow window, int heads, int hashes, CpuTensor[] operands, long mask,
      boolean keysAreQueries, CpuTensor result, KernelSite site, AttentionDropout dropout) {
    int rows = site.limits().rows();
    return IntStream.range(0, site.workers()).mapToObj(worker -> new WindowAttentionGradient(
        new ChunkWindows(window, heads, hashes, operands, mask, rows, dropout), heads, hashes, operands[1].width() / heads,
        operands[2].width() / heads, rows, keysAreQueries, operands[3].address(), result.address())).toArray(WindowAttentionGradient[]::new);
  }

  @Override
  public long scratchBytes() {
    return Math.max(windows[0].scratchBytes(), plain == null ? 0 : plain[0].scratchBytes());
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    boolean standard = plain != null && frame.length() <= standardLength;
    for (int task = worker; task < frame.sequences() * heads; task += workers) {
      (standard ? plain : windows)[worker].differentiate(frame, task / heads, task % heads, standard ? 0 : buckets, frame.scratch(worker));
    }
  }
}
