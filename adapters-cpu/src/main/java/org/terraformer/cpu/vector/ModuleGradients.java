package org.terraformer.cpu.vector;

import java.util.stream.IntStream;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.tensor.Shape;

/** The gradients of {@link ModuleLinearKernel}: for each module a {@link MatrixProduct} with what stands in its neighbours, wrapping around. */
final class ModuleGradients {
  private ModuleGradients() {}

  /** By the inputs. */
  static CpuKernel transposed(Step step, CpuTensor[] operands, CpuTensor result) {
    Shape weight = operands[1].value().shape();
    int modules = weight.intAxis(0);
    int outputs = weight.intAxis(1);
    int kernel = weight.intAxis(2);
    int inputs = weight.intAxis(3);
    MatrixProduct[] products = IntStream.range(0, modules).mapToObj(module -> MatrixProduct.of(
        new Neighbours(operands[0].address(), modules, outputs, kernel, module, -1),
        new NeighbourWeights(MatrixRows.of(operands[1]), modules, outputs, kernel, module),
        ResultRows.fromZero(result.address() + 4L * module * inputs, 4L * modules * inputs))).toArray(MatrixProduct[]::new);
    return new Products(products, step.result().extent(), true, inputs, kernel * outputs);
  }

  /** By the weights. */
  static CpuKernel weight(Step step, CpuTensor[] operands, CpuTensor result) {
    Shape weight = step.result().shape();
    int modules = weight.intAxis(0);
    int outputs = weight.intAxis(1);
    int kernel = weight.intAxis(2);
    int inputs = weight.intAxis(3);
    MatrixProduct[] products = IntStream.range(0, modules).mapToObj(module -> MatrixProduct.leftTransposed(
        new F32MatrixRows(operands[0].address() + 4L * module * outputs, 4L * modules * outputs),
        new Neighbours(operands[1].address(), modules, inputs, kernel, module, 1),
        ResultRows.fromZero(result.address() + 4L * module * outputs * kernel * inputs, 4L * kernel * inputs))).toArray(MatrixProduct[]::new);
    return new Products(products, operands[0].value().extent(), false, kernel * inputs, outputs);
  }

  /** The products, one after another, of which either the rows of the result or the terms of its sums are the items of a run. */
  private record Products(MatrixProduct[] products, Extent extent, boolean rowsOfResult, int columns, int others) implements CpuKernel {

    @Override
    public long scratchBytes() {
      return MatrixProduct.SCRATCH_BYTES;
    }

    @Override
    public void run(int phase, Frame frame, int worker, int workers) {
      int items = frame.items(extent);
      for (MatrixProduct product : products) {
        product.run(rowsOfResult ? items : others, columns, rowsOfResult ? others : items, worker, workers, frame.scratch());
      }
    }
  }

  /** For each item the vectors of a module's neighbours, from the first to the last or the other way. */
  private static final class Neighbours extends MatrixRows {
    private final long x;
    private final int modules;
    private final int size;
    private final int kernel;
    private final int module;
    private final int direction;

    private Neighbours(long x, int modules, int size, int kernel, int module, int direction) {
      this.x = x;
      this.modules = modules;
      this.size = size;
      this.kernel = kernel;
      this.module = module;
      this.direction = direction;
    }

    @Override
    void read(long item, int from, int count, long to) {
      for (int at = from; at < from + count; ) {
        int tap = at / size;
        int part = Math.min(from + count, (tap + 1) * size) - at;
        int neighbour = Math.floorMod(module + direction * (tap - (kernel - 1) / 2), modules);
        Floats.copy(x + 4L * ((item * modules + neighbour) * size + at % size), to + 4L * (at - from), part);
        at += part;
      }
    }
  }

  /** The weights with which a module's neighbours read it: for each tap the outputs, in the order of backward neighbours. */
  private static final class NeighbourWeights extends MatrixRows {
    private final MatrixRows rows;
    private final int modules;
    private final int outputs;
    private final int kernel;
    private final int module;

    private NeighbourWeights(MatrixRows rows, int modules, int outputs, int kernel, int module) {
      this.rows = rows;
      this.modules = modules;
      this.outputs = outputs;
      this.kernel = kernel;
      this.module = module;
    }

    @Override
    void read(long row, int from, int count, long to) {
      int tap = (int) (row / outputs);
      long neighbour = Math.floorMod(module - tap + (kernel - 1) / 2, modules);
      rows.read((neighbour * outputs + row % outputs) * kernel + tap, from, count, to);
    }
  }
}
