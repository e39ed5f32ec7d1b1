package org.terraformer.cpu.scalar;

import java.util.Map;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.PartOfRows;
import org.terraformer.ports.operation.gradient.PartOfRowsGradient;
import org.terraformer.ports.tensor.DType;

/** Operations that take rows apart and put them together. */
final class PartKernels {
  static final Map<String, ScalarKernelFactory> ALL = Map.of(
      "part_of_rows", step -> {
        int part = ((PartOfRows) step.operation()).part();
        Extent rows = step.operands().getFirst().extent();
        return (frame, operands, result) -> {
          for (int row = 0; row < size(frame); row++) {
            copy(step, operands[0], part * size(frame) + row, frame.items(rows), result, row);
          }
        };
      },
      "part_of_rows_gradient", step -> {
        int part = ((PartOfRowsGradient) step.operation()).part();
        return (frame, operands, result) -> {
          for (int row = 0; row < frame.items(step.result().extent()); row++) {
            int from = row / size(frame) == part ? row % size(frame) : size(frame);
            copy(step, operands[0], from, size(frame), result, row);
          }
        };
      },
      "rows_of_parts", step -> (frame, operands, result) -> {
        for (int row = 0; row < frame.items(step.result().extent()); row++) {
          copy(step, operands[row / size(frame)], row % size(frame), size(frame), result, row);
        }
      });

  private PartKernels() {}

  private static int size(Frame frame) {
    return frame.items(Extent.PART);
  }

  /** Copies a row, or clears it if there is none to copy. */
  private static void copy(Step step, ScalarTensor source, int from, int rows, ScalarTensor target, int to) {
    int width = step.result().width();
    for (int i = 0; i < width; i++) {
      long read = (long) from * width + i;
      if (step.result().dtype() == DType.I32) {
        target.setInt((long) to * width + i, from < rows ? source.getInt(read) : 0);
      } else {
        target.set((long) to * width + i, from < rows ? source.get(read) : 0);
      }
    }
  }
}
