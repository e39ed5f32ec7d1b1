package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.tensor.Shape;

/**
 * The gradients of the module convolution, each as one {@link MatrixProduct} of what the taps see of one of its factors, which is never written
 * out, with the other.
 */
final class ConvolutionGradients {
  private ConvolutionGradients() {}

  /** By the inputs: a row of the left matrix is what one input at one time was seen by, times, taps and outputs. */
  static CpuKernel transposed(Step step, CpuTensor[] operands, CpuTensor result) {
    Shape weight = operands[1].value().shape();
    int outputs = weight.intAxis(0);
    int length = weight.intAxis(1);
    int kernel = weight.intAxis(2);
    int inputs = weight.intAxis(3);
    int modules = step.result().shape().intAxis(0);
    Windows seen = new Windows(operands[0].address(), modules, outputs, length, kernel, true);
    MatrixRows rows = MatrixRows.of(operands[1], inputs);
    MatrixProduct product = MatrixProduct.of(seen, new Reordered(rows, outputs, length, kernel),
        ResultRows.fromZero(result.address(), 4L * inputs));
    return new ProductKernel(seen, product, true, modules, inputs, seen.width());
  }

  /** By the weights: the transpose of the upstream gradients times what the taps saw. */
  static CpuKernel weight(Step step, CpuTensor[] operands, CpuTensor result) {
    Shape weight = step.result().shape();
    int outputs = weight.intAxis(0);
    int modules = operands[0].value().shape().intAxis(0);
    Windows seen = new Windows(operands[1].address(), modules, weight.intAxis(3), weight.intAxis(1), weight.intAxis(2), false);
    MatrixProduct product = MatrixProduct.leftTransposed(new F32MatrixRows(operands[0].address(), 4L * outputs), seen,
        ResultRows.fromZero(result.address(), 4L * seen.width()));
    return new ProductKernel(seen, product, false, modules, seen.width(), outputs);
  }

  /** The product, of which either the rows of the result or the terms of its sums are the modules of all rows. */
  private record ProductKernel(Windows seen, MatrixProduct product, boolean rowsOfResult, int modules, int columns, int others)
      implements CpuKernel {

    @Override
    public long scratchBytes() {
      return MatrixProduct.SCRATCH_BYTES;
    }

    @Override
    public void run(int phase, Frame frame, int worker, int workers) {
      seen.length = frame.length();
      int all = frame.rows() * modules;
      product.run(rowsOfResult ? all : others, columns, rowsOfResult ? others : all, worker, workers, frame.scratch(worker));
    }
  }

  /**
   * For each module of each row the vectors of its neighbours, of earlier times or of later ones, zeros beyond the edges. Forwards the times
   * go from the earliest to now, backwards from now on; the neighbours go from the first to the last.
   */
  private static final class Windows extends MatrixRows {
    private final long x;
    private final long itemBytes;
    private final int modules;
    private final int times;
    private final int firstTime;
    private final ModuleWindow window;
    /** Rows of a sequence of the run; an executable has but one, so that every worker writes the same. */
    private int length;

    private Windows(long x, int modules, int size, int times, int kernel, boolean backwards) {
      this.x = x;
      this.itemBytes = 4L * modules * size;
      this.modules = modules;
      this.times = times;
      this.firstTime = backwards ? 0 : 1 - times;
      this.window = new ModuleWindow(kernel, modules, size);
    }

    private int width() {
      return Math.multiplyExact(times, window.width());
    }

    @Override
    void read(long vector, int from, int count, long to) {
      int row = (int) (vector / modules);
      int module = (int) (vector % modules);
      int first = row - row % length;
      int other = row + firstTime + from / window.width();
      int begin = from % window.width();
      for (int done = 0; done < count; other++) {
        int end = Math.min(window.width(), begin + count - done);
        long item = other < first || other >= first + length ? 0 : x + other * itemBytes;
        window.read(item, module, begin, end, to + 4L * done);
        done += end - begin;
        begin = 0;
      }
    }
  }

  /** The rows of a weight, outputs, times, taps, in the order of backward windows: times from now on, taps from the last, outputs. */
  private static final class Reordered extends MatrixRows {
    private final MatrixRows rows;
    private final int outputs;
    private final int length;
    private final int kernel;

    private Reordered(MatrixRows rows, int outputs, int length, int kernel) {
      this.rows = rows;
      this.outputs = outputs;
      this.length = length;
      this.kernel = kernel;
    }

    @Override
    void read(long row, int from, int count, long to) {
      long output = row % outputs;
      long tap = kernel - 1 - row / outputs % kernel;
      long lag = row / outputs / kernel;
      rows.read((output * length + length - 1 - lag) * kernel + tap, from, count, to);
    }
  }
}
