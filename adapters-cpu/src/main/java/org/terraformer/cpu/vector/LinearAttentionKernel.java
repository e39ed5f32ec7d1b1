package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.LinearAttention;

/**
 * Attention by features: for each head the sums of features times values, and of features alone, row after row. Workers take
 * turns at the heads of the sequences.
 */
final class LinearAttentionKernel implements CpuKernel {
  private final boolean causal;
  private final int heads;
  private final int keySize;
  private final int valueSize;
  private final long queries;
  private final long keys;
  private final long values;
  private final long starts;
  private final long state;
  private final long y;

  LinearAttentionKernel(Step step, CpuTensor[] operands, CpuTensor result) {
    LinearAttention operation = (LinearAttention) step.operation();
    this.causal = operation.causal();
    this.heads = operation.heads();
    this.keySize = operands[1].width() / heads;
    this.valueSize = operands[2].width() / heads;
    this.queries = operands[0].address();
    this.keys = operands[1].address();
    this.values = operands[2].address();
    this.starts = causal ? operands[3].address() : 0;
    this.state = causal ? operands[4].address() : 0;
    this.y = result.address();
  }

  private long sumsBytes() {
    return 4L * keySize * (valueSize + 1);
  }

  @Override
  public long scratchBytes() {
    return sumsBytes();
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    for (int task = worker; task < frame.sequences() * heads; task += workers) {
      int sequence = task / heads;
      int head = task % heads;
      if (causal) {
        goOn(frame, sequence, head);
      } else {
        whole(frame, sequence, head, frame.scratch());
      }
    }
  }

  private void goOn(Frame frame, int sequence, int head) {
    long sums = state + ((long) (frame.firstSlot() + sequence) * heads + head) * sumsBytes();
    if (Memory.getInt(starts + 4L * sequence) == 0) {
      Memory.clear(sums, sumsBytes());
    }
    for (int t = 0; t < frame.length(); t++) {
      long item = ((long) sequence * frame.length() + t) * heads + head;
      add(sums, item);
      divide(sums, item);
    }
  }

  private void whole(Frame frame, int sequence, int head, long sums) {
    Memory.clear(sums, sumsBytes());
    for (int t = 0; t < frame.length(); t++) {
      add(sums, ((long) sequence * frame.length() + t) * heads + head);
    }
    for (int t = 0; t < frame.length(); t++) {
      divide(sums, ((long) sequence * frame.length() + t) * heads + head);
    }
  }

  private void add(long sums, long item) {
    long value = values + 4 * item * valueSize;
    for (int i = 0; i < keySize; i++) {
      float feature = Memory.getFloat(keys + 4 * (item * keySize + i));
      long row = sums + 4L * i * (valueSize + 1);
      Floats.addMultiple(feature, value, row, valueSize);
      Memory.setFloat(row + 4L * valueSize, Memory.getFloat(row + 4L * valueSize) + feature);
    }
  }

  private void divide(long sums, long item) {
    long out = y + 4 * item * valueSize;
    Floats.clear(out, valueSize);
    float total = 0;
    for (int i = 0; i < keySize; i++) {
      float feature = Memory.getFloat(queries + 4 * (item * keySize + i));
      long row = sums + 4L * i * (valueSize + 1);
      Floats.addMultiple(feature, row, out, valueSize);
      total += feature * Memory.getFloat(row + 4L * valueSize);
    }
    Floats.multiply(1 / total, out, out, valueSize);
  }
}
