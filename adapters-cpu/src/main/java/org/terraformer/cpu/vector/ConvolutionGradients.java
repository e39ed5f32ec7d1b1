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
    Windows seen = new Windows(operands[0].address(), modules, outputs, length, kernel, -1);
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
    Windows seen = new Windows(operands[1].address(), modules, weight.intAxis(3), weight.intAxis(1), weight.intAxis(2), 1);
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
   * For each module of each row the vectors of its neighbours, earlier times or later ones, zeros beyond the edges. Forwards the taps go from
   * the earliest time to now and from the first neighbour to the last; backwards the other way, from now on and from the last to the first.
   */
  private static final class Windows extends MatrixRows {
    private final long x;
    private final int modules;
    private final int size;
    private final int times;
    private final int kernel;
    private final int direction;
    /** Rows of a sequence of the run; an executable has but one, so that every worker writes the same. */
    private int length;

    private Windows(long x, int modules, int size, int times, int kernel, int direction) {
      this.x = x;
      this.modules = modules;
      this.size = size;
      this.times = times;
      this.kernel = kernel;
      this.direction = direction;
    }

    private int width() {
      return Math.multiplyExact(Math.multiplyExact(times, kernel), size);
    }

    @Override
    void read(long window, int from, int count, long to) {
      int row = (int) (window / modules);
      int time = row % length;
      int module = (int) (window % modules);
      for (int at = from; at < from + count; ) {
        int tap = at / size;
        int part = Math.min(from + count, (tap + 1) * size) - at;
        int distance = direction > 0 ? times - 1 - tap / kernel : tap / kernel;
        int otherTime = time - direction * distance;
        int otherModule = module + direction * (tap % kernel - (kernel - 1) / 2);
        long target = to + 4L * (at - from);
        if (otherTime < 0 || otherTime >= length || otherModule < 0 || otherModule >= modules) {
          Floats.clear(target, part);
        } else {
          long vector = (row - (long) direction * distance) * modules + otherModule;
          Floats.copy(x + 4L * (vector * size + at % size), target, part);
        }
        at += part;
      }
    }
  }

  /** The rows of a weight, outputs, times, taps, in the order of backward windows: times from now on, taps, outputs. */
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
      long tap = row / outputs % kernel;
      long lag = row / outputs / kernel;
      rows.read((output * length + length - 1 - lag) * kernel + tap, from, count, to);
    }
  }
}
