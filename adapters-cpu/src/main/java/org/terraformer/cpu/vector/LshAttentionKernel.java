package org.terraformer.cpu.vector;

import java.util.stream.IntStream;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.AttentionWindow;
import org.terraformer.ports.operation.LshAttention;

/**
 * Attention by hashing: a run from position 0 on in windows of its sorted rows, later rows by an index from buckets to positions.
 * Workers take turns at the heads of the sequences.
 */
final class LshAttentionKernel implements CpuKernel {
  private final LshAttention operation;
  private final int heads;
  private final int keySize;
  private final int valueSize;
  private final long queries;
  private final long buckets;
  private final long y;
  private final WindowAttention[] windows;
  private final WindowAttention[] plain;
  private final AttentionCache cache;
  private final RangeAttention ranges;
  private final BucketIndex index;
  private final CandidateAttention attention;

  LshAttentionKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    this.operation = (LshAttention) step.operation();
    this.heads = operation.heads();
    this.keySize = operands[1].width() / heads;
    this.valueSize = operands[2].width() / heads;
    this.queries = operands[0].address();
    this.buckets = operands[3].address();
    this.y = result.address();
    long mask = operation.window().masked() ? operands[4].address() : 0;
    this.windows = windows(operation.window(), operation.hashes(), operands, mask, site);
    boolean mixed = operation.standardLength() > 0;
    CpuTensor keys = operands[mixed ? 0 : 1];
    this.plain = mixed ? windows(operation.standardWindow(), 1, new CpuTensor[] {operands[0], keys, operands[2]}, mask, site) : null;
    if (!operation.window().causal()) {
      this.cache = null;
      this.ranges = null;
      this.index = null;
      this.attention = null;
      return;
    }
    int context = site.limits().contextLength();
    this.cache = new AttentionCache(
        new CpuTensor[] {operands[0], keys, operands[2], operands[4], operands[5], operands[6]}, heads, context);
    this.ranges = mixed ? new RangeAttention(cache, context, false) : null;
    this.index = mixed ? null
        : new BucketIndex(operation, (int) operands[7].value().shape().columns(), context, operands[7].address(), operands[8].address());
    this.attention = mixed ? null : new CandidateAttention(cache, operation.candidates(), operation.window().selfDisfavoured());
  }

  private WindowAttention[] windows(AttentionWindow window, int hashes, CpuTensor[] operands, long mask, KernelSite site) {
    int rows = site.limits().rows();
    return IntStream.range(0, site.workers()).mapToObj(worker -> new WindowAttention(
        new ChunkWindows(window, heads, hashes, operands, mask, rows), hashes, valueSize, rows, y)).toArray(WindowAttention[]::new);
  }

  @Override
  public long scratchBytes() {
    long whole = Math.max(windows[0].scratchBytes(), plain == null ? 0 : plain[0].scratchBytes());
    long later = attention == null ? 0 : 4L * index.scratchInts() + 8 + attention.scratchBytes();
    return Math.max(whole, ranges == null ? later : ranges.scratchBytes());
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    for (int task = worker; task < frame.sequences() * heads; task += workers) {
      int sequence = task / heads;
      int head = task % heads;
      int start = cache == null ? 0 : cache.start(sequence);
      if (start == 0 && (cache == null || frame.length() > 1)) {
        boolean standard = operation.standard(start, frame.length());
        (standard ? plain : windows)[worker].run(frame, sequence, head, standard ? 0 : buckets, frame.scratch());
        if (cache != null) {
          rememberAll(frame, sequence, head);
        }
      } else if (index == null) {
        goOnPlainly(frame, sequence, head, start, frame.scratch());
      } else {
        // A first row alone sees itself, as a later one might; and what runs once in a sequence would never be compiled.
        if (start == 0) {
          index.clear(frame, sequence, head);
        }
        goOn(frame, sequence, head, start, frame.scratch());
      }
    }
  }

  private void rememberAll(Frame frame, int sequence, int head) {
    if (index != null) {
      index.clear(frame, sequence, head);
    }
    for (int t = 0; t < frame.length(); t++) {
      remember(frame, sequence, head, t, t);
    }
  }

  private void goOnPlainly(Frame frame, int sequence, int head, int start, long scratch) {
    for (int t = 0; t < frame.length(); t++) {
      remember(frame, sequence, head, start + t, t);
      long item = item(frame, sequence, head, t);
      ranges.attend(frame, sequence, head, queries + 4 * item * keySize, 0, start + t, y + 4 * item * valueSize, scratch);
    }
  }

  private void goOn(Frame frame, int sequence, int head, int start, long scratch) {
    long space = scratch + (4L * index.scratchInts() + 7) / 8 * 8;
    for (int t = 0; t < frame.length(); t++) {
      remember(frame, sequence, head, start + t, t);
      int count = index.candidates(frame, sequence, head, start + t, scratch);
      long item = item(frame, sequence, head, t);
      attention.attend(frame, sequence, head, queries + 4 * item * keySize, start + t, scratch, count, y + 4 * item * valueSize, space);
    }
  }

  private void remember(Frame frame, int sequence, int head, int position, int t) {
    cache.store(frame, sequence, t, head);
    if (index != null) {
      index.add(frame, sequence, head, position, buckets + 4 * item(frame, sequence, head, t) * operation.hashes());
    }
  }

  private long item(Frame frame, int sequence, int head, int t) {
    return ((long) sequence * frame.length() + t) * heads + head;
  }
}
