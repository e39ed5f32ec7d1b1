package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.ModuleLinear;
import org.terraformer.ports.tensor.Shape;

/**
 * Modules with weights of their own, neighbours wrapping around. Workers take ranges of outputs.
 */
final class ModuleLinearKernel implements CpuKernel {
  private final RowKernel rows;
  private final int modules;
  private final int outputs;
  private final int kernel;
  private final Extent extent;
  private final long x;
  private final long bias;
  private final long y;

  ModuleLinearKernel(Step step, CpuTensor[] operands, CpuTensor result) {
    Shape weight = operands[1].value().shape();
    this.rows = RowKernel.of(operands[1]);
    this.modules = weight.intAxis(0);
    this.outputs = weight.intAxis(1);
    this.kernel = weight.intAxis(2);
    this.extent = step.result().extent();
    this.x = operands[0].address();
    this.bias = ((ModuleLinear) step.operation()).biased() ? operands[2].address() : 0;
    this.y = result.address();
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    int cells = modules * outputs;
    for (int item = 0; item < frame.items(extent); item++) {
      long in = x + 4L * item * modules * rows.columns;
      for (int cell = Share.from(cells, worker, workers); cell < Share.to(cells, worker, workers); cell++) {
        float sum = bias == 0 ? 0 : Memory.getFloat(bias + 4L * cell);
        for (int tap = 0; tap < kernel; tap++) {
          int read = Math.floorMod(cell / outputs + tap - (kernel - 1) / 2, modules);
          sum += rows.dot(in + 4L * read * rows.columns, (long) cell * kernel + tap);
        }
        Memory.setFloat(y + 4L * ((long) item * cells + cell), sum);
      }
    }
  }
}
