package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.ModuleConvolution;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * The convolution over time and modules, as a product of the weights with windows: what the taps of a module see is laid out one after
 * another, zeros where there is nothing, so that a weight row is one long dot product, used for all modules before the next is read. All
 * rows are computed before the last of them are remembered, hence two phases. Workers take ranges of outputs, so that each reads its own
 * part of the weights.
 */
final class ModuleConvolutionKernel implements CpuKernel {
  private static final int QUAD = 4;

  /** The weights, a row for each output; none where those of an output do not lie as one row: blocks of Q8 that end between taps. */
  private final RowKernel rows;
  /** The same, where unpacking them pays, or else they would be no rows. */
  private final UnpackedRows unpacked;
  private final int modules;
  private final int columns;
  private final int outputs;
  private final int length;
  private final int kernel;
  private final History history;
  private final long bias;
  private final long y;
  private final long windowBytes;

  ModuleConvolutionKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    Shape weight = operands[1].value().shape();
    this.outputs = weight.intAxis(0);
    this.length = weight.intAxis(1);
    this.kernel = weight.intAxis(2);
    this.columns = weight.intAxis(3);
    this.modules = step.result().shape().intAxis(0);
    this.history = new History(operands[0], operands[2], operands[3], length - 1);
    this.bias = ((ModuleConvolution) step.operation()).biased() ? operands[4].address() : 0;
    this.y = result.address();
    int width = length * kernel * columns;
    this.windowBytes = 4L * width;
    boolean joined = operands[1].dtype() != DType.Q8 || columns % RowKernel.BLOCK == 0;
    this.rows = joined ? RowKernel.of(operands[1], width) : null;
    boolean unpack = !joined || modules >= UnpackedRows.fewestVectors(operands[1].dtype(), width);
    this.unpacked = unpack ? new UnpackedRows(operands[1], width, joined ? 1 : length * kernel, site) : null;
  }

  @Override
  public int phases(Frame frame) {
    return length > 1 ? 2 : 1;
  }

  /** A single row is remembered from the worker's own windows. */
  @Override
  public boolean meetsAfter(int phase, Frame frame) {
    return phase == 0 || frame.rows() > 1;
  }

  @Override
  public long scratchBytes() {
    return (arranges() ? 2 : 1) * modules * windowBytes + RowKernel.TILE_BYTES;
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    if (phase == 1) {
      if (frame.rows() > 1) {
        history.remember(frame, worker, workers);
      } else {
        rememberModules(frame, Share.from(modules, worker, workers), Share.to(modules, worker, workers));
      }
      return;
    }
    int from = Share.from(outputs, QUAD, worker, workers);
    int to = Share.to(outputs, QUAD, worker, workers);
    long window = frame.scratch();
    for (int row = 0; row < frame.rows(); row++) {
      for (int module = 0; module < modules; module++) {
        gather(frame, row, module, window + module * windowBytes);
      }
      if (arranges()) {
        rows.arrange(window, modules, window + modules * windowBytes);
      }
      multiply(window, from, to, y + 4L * row * modules * outputs, frame);
    }
  }

  private void rememberModules(Frame frame, int from, int to) {
    long target = history.onlyTarget(frame);
    long own = 4L * ((length - 1) * kernel + (kernel - 1) / 2) * columns;
    for (int module = from; module < to; module++) {
      Memory.copy(frame.scratch() + module * windowBytes + own, target + 4L * module * columns, 4L * columns);
    }
  }

  /** Lays out what the taps of a module see. */
  private void gather(Frame frame, int row, int module, long window) {
    int first = module - (kernel - 1) / 2;
    int below = Math.max(0, -first);
    int above = Math.max(0, first + kernel - modules);
    for (int l = 0; l < length; l++) {
      long target = window + 4L * l * kernel * columns;
      long item = history.item(frame, row, length - 1 - l);
      if (item == 0) {
        Memory.clear(target, 4L * kernel * columns);
      } else {
        Memory.clear(target, 4L * below * columns);
        Memory.copy(item + 4L * (first + below) * columns, target + 4L * below * columns, 4L * (kernel - below - above) * columns);
        Memory.clear(target + 4L * (kernel - above) * columns, 4L * above * columns);
      }
    }
  }

  private void multiply(long window, int from, int to, long target, Frame frame) {
    for (int output = from; output < to; output += QUAD) {
      int count = Math.min(QUAD, to - output);
      RowKernel weights = unpacked == null ? rows : unpacked.unpack(output, count, frame.worker());
      int row = unpacked == null ? output : 0;
      if (count == QUAD) {
        multiply(weights, row, window, target + 4L * output, frame.scratch() + scratchBytes() - RowKernel.TILE_BYTES);
      } else {
        for (int i = 0; i < count; i++) {
          for (int module = 0; module < modules; module++) {
            Memory.setFloat(target + 4L * (module * outputs + output + i), weights.dot(window + module * windowBytes, row + i));
          }
        }
      }
    }
    if (bias != 0) {
      for (int module = 0; module < modules; module++) {
        long sums = target + 4L * (module * outputs + from);
        Elements.add(sums, bias + 4L * from, sums, to - from);
      }
    }
  }

  /** Four rows with all windows. */
  private void multiply(RowKernel weights, int row, long window, long target, long scratch) {
    int count;
    for (int module = 0; module < modules; module += count) {
      count = weights.tileOf(modules - module);
      long seen = window + module * windowBytes;
      weights.dotTile(count, seen, seen + modules * windowBytes, windowBytes, row, 1, target + 4L * module * outputs, 4L * outputs, scratch);
    }
  }

  private boolean arranges() {
    return unpacked == null && rows.arranges() && modules >= RowKernel.FEWEST_ARRANGED;
  }
}
