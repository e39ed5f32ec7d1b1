package org.terraformer.cpu.vector;

import java.util.stream.IntStream;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.AttentionWindow;
import org.terraformer.ports.operation.ChunkedAttention;

/**
 * Attention within a window of chunks. A causal one writes keys and values to the cache in a first phase; then workers share the
 * heads of all rows, each of which sees positions that follow each other. Any other works window by window, and workers take
 * turns at the heads of the sequences.
 */
final class ChunkedAttentionKernel implements CpuKernel {
  private final AttentionWindow window;
  private final int heads;
  private final int keySize;
  private final int valueSize;
  private final long queries;
  private final long y;
  private final AttentionCache cache;
  private final RangeAttention ranges;
  private final WindowAttention[] windows;

  ChunkedAttentionKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    ChunkedAttention operation = (ChunkedAttention) step.operation();
    this.window = operation.window();
    this.heads = operation.heads();
    this.keySize = operands[1].width() / heads;
    this.valueSize = operands[2].width() / heads;
    this.queries = operands[0].address();
    this.y = result.address();
    int rows = site.limits().rows();
    if (window.causal()) {
      this.cache = new AttentionCache(operands, heads, site.limits().contextLength());
      this.ranges = new RangeAttention(cache, site.limits().contextLength(), window.selfDisfavoured());
      this.windows = null;
    } else {
      this.cache = null;
      this.ranges = null;
      this.windows = IntStream.range(0, site.workers()).mapToObj(worker -> new WindowAttention(
          new ChunkWindows(window, heads, 1, operands, window.masked() ? operands[3].address() : 0, rows), 1, valueSize, rows, y))
          .toArray(WindowAttention[]::new);
    }
  }

  @Override
  public int phases(Frame frame) {
    return window.causal() ? 2 : 1;
  }

  @Override
  public long scratchBytes() {
    return window.causal() ? ranges.scratchBytes() : windows[0].scratchBytes();
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    if (!window.causal()) {
      for (int task = worker; task < frame.sequences() * heads; task += workers) {
        windows[worker].run(frame, task / heads, task % heads, 0, frame.scratch());
      }
    } else if (phase == 0) {
      cache.store(frame, worker, workers);
    } else {
      int items = frame.rows() * heads;
      for (int item = Share.from(items, worker, workers); item < Share.to(items, worker, workers); item++) {
        int sequence = item / heads / frame.length();
        int position = cache.start(sequence) + item / heads % frame.length();
        ranges.attend(frame, sequence, item % heads, queries + 4L * item * keySize, window.firstSeen(position), position,
            y + 4L * item * valueSize, frame.scratch());
      }
    }
  }
}
