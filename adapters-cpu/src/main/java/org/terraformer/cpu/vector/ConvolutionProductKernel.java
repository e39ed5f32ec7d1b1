package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.ModuleConvolution;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * The module convolution of many rows, as one {@link MatrixProduct}: a row of its left matrix is what the taps of one module at one time
 * see, which is never written out but read from where it lies while the product packs it.
 */
final class ConvolutionProductKernel implements CpuKernel {
  private final MatrixProduct product;
  private final Windows windows;
  private final History history;
  private final int modules;
  private final int outputs;
  private final int length;

  ConvolutionProductKernel(Step step, CpuTensor[] operands, CpuTensor result) {
    Shape weight = operands[1].value().shape();
    this.outputs = weight.intAxis(0);
    this.length = weight.intAxis(1);
    this.modules = step.result().shape().intAxis(0);
    this.history = new History(operands[0], operands[2], operands[3], length - 1);
    this.windows = new Windows(history, modules, length, weight.intAxis(2), weight.intAxis(3));
    ResultRows y = ((ModuleConvolution) step.operation()).biased()
        ? ResultRows.fromBias(result.address(), 4L * outputs, operands[4].address(), outputs)
        : ResultRows.fromZero(result.address(), 4L * outputs);
    this.product = MatrixProduct.rightTransposed(windows, MatrixRows.of(operands[1], windows.width()), y);
  }

  /** Whether the weights of all taps of an output lie as one row: blocks of Q8 may end between them. */
  static boolean fits(CpuTensor weight) {
    return weight.dtype() != DType.Q8 || weight.value().shape().columns() % DType.Q8_BLOCK == 0;
  }

  @Override
  public int phases(Frame frame) {
    return length > 1 ? 2 : 1;
  }

  @Override
  public long scratchBytes() {
    return MatrixProduct.SCRATCH_BYTES;
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    if (phase == 1) {
      history.remember(frame, worker, workers);
      return;
    }
    windows.frame = frame;
    product.run(frame.rows() * modules, outputs, windows.width(), worker, workers, frame.scratch(worker));
  }

  /** What the taps see: a row for each module of each row, in it the times, the taps, the inputs; zeros where there is nothing. */
  private static final class Windows extends MatrixRows {
    private final History history;
    private final int modules;
    private final int length;
    private final ModuleWindow window;
    /** Of the run; an executable has but one, so that every worker writes the same. */
    private Frame frame;

    private Windows(History history, int modules, int length, int kernel, int inputs) {
      this.history = history;
      this.modules = modules;
      this.length = length;
      this.window = new ModuleWindow(kernel, modules, inputs);
    }

    private int width() {
      return Math.multiplyExact(length, window.width());
    }

    @Override
    void read(long vector, int from, int count, long to) {
      int row = (int) (vector / modules);
      int module = (int) (vector % modules);
      int time = from / window.width();
      int begin = from % window.width();
      for (int done = 0; done < count; time++) {
        int end = Math.min(window.width(), begin + count - done);
        window.read(history.item(frame, row, length - 1 - time), module, begin, end, to + 4L * done);
        done += end - begin;
        begin = 0;
      }
    }
  }
}
