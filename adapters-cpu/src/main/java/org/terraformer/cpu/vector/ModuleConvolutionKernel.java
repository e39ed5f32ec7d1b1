package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.ModuleConvolution;
import org.terraformer.ports.tensor.Shape;

/**
 * The convolution over time and modules. The history is a ring: what stood at position p is item p mod (length - 1). All rows are computed
 * before the last of them are remembered, hence two phases. Workers take ranges of outputs.
 */
final class ModuleConvolutionKernel implements CpuKernel {
  private final RowKernel rows;
  private final int modules;
  private final int outputs;
  private final int length;
  private final int kernel;
  private final long x;
  private final long starts;
  private final long history;
  private final long bias;
  private final long y;
  private final long itemBytes;

  ModuleConvolutionKernel(Step step, CpuTensor[] operands, CpuTensor result) {
    Shape weight = operands[1].value().shape();
    this.rows = RowKernel.of(operands[1]);
    this.outputs = weight.intAxis(0);
    this.length = weight.intAxis(1);
    this.kernel = weight.intAxis(2);
    this.modules = step.result().shape().intAxis(0);
    this.x = operands[0].address();
    this.starts = operands[2].address();
    this.history = operands[3].address();
    this.bias = ((ModuleConvolution) step.operation()).biased() ? operands[4].address() : 0;
    this.y = result.address();
    this.itemBytes = 4L * modules * rows.columns;
  }

  @Override
  public int phases() {
    return length > 1 ? 2 : 1;
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    if (phase == 1) {
      remember(frame, worker, workers);
      return;
    }
    int cells = modules * outputs;
    int from = Share.from(cells, worker, workers);
    int to = Share.to(cells, worker, workers);
    for (int row = 0; row < frame.rows(); row++) {
      long out = y + 4L * row * cells;
      for (int cell = from; cell < to; cell++) {
        Memory.setFloat(out + 4L * cell, bias == 0 ? 0 : Memory.getFloat(bias + 4L * (cell % outputs)));
      }
      for (int lag = 0; lag < length; lag++) {
        long item = item(frame, row, lag);
        if (item != 0) {
          addLag(item, length - 1 - lag, out, from, to);
        }
      }
    }
  }

  private void addLag(long item, int l, long out, int from, int to) {
    for (int cell = from; cell < to; cell++) {
      int output = cell % outputs;
      int firstModule = cell / outputs - (kernel - 1) / 2;
      float sum = Memory.getFloat(out + 4L * cell);
      for (int tap = 0; tap < kernel; tap++) {
        int module = firstModule + tap;
        if (module >= 0 && module < modules) {
          sum += rows.dot(item + 4L * module * rows.columns, ((long) output * length + l) * kernel + tap);
        }
      }
      Memory.setFloat(out + 4L * cell, sum);
    }
  }

  /** The address of the input {@code lag} positions before a row; 0 before the start. */
  private long item(Frame frame, int row, int lag) {
    int sequence = row / frame.length();
    int t = row % frame.length() - lag;
    if (t >= 0) {
      return x + (row - lag) * itemBytes;
    }
    int position = Memory.getInt(starts + 4L * sequence) + t;
    return position < 0 ? 0
        : history + ((long) (frame.firstSlot() + sequence) * (length - 1) + position % (length - 1)) * itemBytes;
  }

  private void remember(Frame frame, int worker, int workers) {
    int items = length - 1;
    for (int sequence = Share.from(frame.sequences(), worker, workers); sequence < Share.to(frame.sequences(), worker, workers);
        sequence++) {
      int start = Memory.getInt(starts + 4L * sequence);
      for (int t = Math.max(0, frame.length() - items); t < frame.length(); t++) {
        long target = history + ((long) (frame.firstSlot() + sequence) * items + (start + t) % items) * itemBytes;
        Memory.copy(x + ((long) sequence * frame.length() + t) * itemBytes, target, itemBytes);
      }
    }
  }
}
