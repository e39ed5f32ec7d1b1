package org.terraformer.cpu.scalar;

import java.util.Map;

/** Rows of a matrix multiplied by gates, and gradients of these. */
final class GatedRowsKernels {
  static final Map<String, ScalarKernelFactory> ALL = Map.of(
      "gated_rows", step -> {
        long columns = step.result().shape().columns();
        long rows = step.operands().get(1).shape().rows();
        return (frame, operands, result) -> {
          for (long i = 0; i < step.result().width(); i++) {
            long row = i / columns;
            result.set(i, operands[0].get(row / rows * columns + i % columns) * operands[1].get(row % rows * columns + i % columns));
          }
        };
      },
      "gated_rows_gradient", step -> {
        long columns = step.result().shape().columns();
        long modules = step.operands().get(1).shape().rows();
        return (frame, operands, result) -> {
          for (long i = 0; i < step.result().width(); i++) {
            double sum = 0;
            for (long module = 0; module < modules; module++) {
              sum += operands[0].get(module * step.result().width() + i) * operands[1].get(module * columns + i % columns);
            }
            result.set(i, sum);
          }
        };
      },
      "gated_rows_gates_gradient", step -> {
        long columns = step.result().shape().columns();
        long rows = step.operands().get(1).shape().rows();
        return (frame, operands, result) -> {
          for (long i = 0; i < step.result().width(); i++) {
            double sum = 0;
            for (long row = 0; row < rows; row++) {
              sum += operands[0].get((i / columns * rows + row) * columns + i % columns) * operands[1].get(row * columns + i % columns);
            }
            result.set(i, sum);
          }
        };
      });

  private GatedRowsKernels() {}
}
