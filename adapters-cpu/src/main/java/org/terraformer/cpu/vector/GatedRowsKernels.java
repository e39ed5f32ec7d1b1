package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.ports.kernel.Step;

/** Rows of a matrix multiplied by gates, and gradients of these; a row is read into a worker's own memory, as floats. */
final class GatedRowsKernels {
  private GatedRowsKernels() {}

  static CpuKernel forward(Step step, CpuTensor[] operands, CpuTensor result) {
    int columns = (int) step.result().shape().columns();
    int rows = (int) operands[1].value().shape().rows();
    MatrixRows matrix = MatrixRows.of(operands[1]);
    long gates = operands[0].address();
    long y = result.address();
    return PartsKernel.vectors(step, columns, 4L * columns, (frame, from, to, scratch) -> {
      for (long row = from; row < to; row++) {
        matrix.read(row % rows, 0, columns, scratch);
        Elements.multiply(scratch, gates + 4L * (row / rows) * columns, y + 4L * row * columns, columns);
      }
    });
  }

  static CpuKernel gradient(Step step, CpuTensor[] operands, CpuTensor result) {
    int columns = (int) step.result().shape().columns();
    int rows = (int) step.result().shape().rows();
    int modules = (int) operands[1].value().shape().rows();
    long upstream = operands[0].address();
    long gates = operands[1].address();
    long y = result.address();
    return PartsKernel.vectors(step, columns, 0, (frame, from, to, scratch) -> {
      for (long row = from; row < to; row++) {
        long target = y + 4L * row * columns;
        Floats.clear(target, columns);
        for (int module = 0; module < modules; module++) {
          Elements.addProducts(upstream + 4L * (module * rows + row) * columns, gates + 4L * module * columns, target, columns);
        }
      }
    });
  }

  static CpuKernel gatesGradient(Step step, CpuTensor[] operands, CpuTensor result) {
    int columns = (int) step.result().shape().columns();
    int rows = (int) operands[1].value().shape().rows();
    MatrixRows matrix = MatrixRows.of(operands[1]);
    long upstream = operands[0].address();
    long y = result.address();
    return PartsKernel.vectors(step, columns, 4L * columns, (frame, from, to, scratch) -> {
      for (long module = from; module < to; module++) {
        long target = y + 4L * module * columns;
        Floats.clear(target, columns);
        for (int row = 0; row < rows; row++) {
          matrix.read(row, 0, columns, scratch);
          Elements.addProducts(upstream + 4L * (module * rows + row) * columns, scratch, target, columns);
        }
      }
    });
  }
}
