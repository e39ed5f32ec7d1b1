package org.terraformer.cpu.vector;

import java.util.Arrays;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.PartOfRows;
import org.terraformer.ports.operation.gradient.PartOfRowsGradient;

/** Rows taken apart and put together. */
final class PartCopies {
  private PartCopies() {}

  static CpuKernel part(Step step, CpuTensor[] operands, CpuTensor result) {
    int part = ((PartOfRows) step.operation()).part();
    Extent rows = step.operands().getFirst().extent();
    long bytes = 4L * result.width();
    long x = operands[0].address();
    long y = result.address();
    return PartsKernel.vectors(step, result.width(), 0, (frame, from, to, scratch) -> {
      long first = (long) part * frame.items(Extent.PART);
      long last = Math.clamp(frame.items(rows) - first, from, to);
      Memory.copy(x + (first + from) * bytes, y + from * bytes, (last - from) * bytes);
      Floats.clear(y + last * bytes, (to - last) * result.width());
    });
  }

  static CpuKernel gradient(Step step, CpuTensor[] operands, CpuTensor result) {
    int part = ((PartOfRowsGradient) step.operation()).part();
    long bytes = 4L * result.width();
    long x = operands[0].address();
    long y = result.address();
    return PartsKernel.vectors(step, result.width(), 0, (frame, from, to, scratch) -> {
      int size = frame.items(Extent.PART);
      for (long row = from; row < to; row++) {
        if (row / size == part) {
          Memory.copy(x + row % size * bytes, y + row * bytes, bytes);
        } else {
          Floats.clear(y + row * bytes, result.width());
        }
      }
    });
  }

  static CpuKernel rows(Step step, CpuTensor[] operands, CpuTensor result) {
    long[] parts = Arrays.stream(operands).mapToLong(CpuTensor::address).toArray();
    long bytes = 4L * result.width();
    long y = result.address();
    return PartsKernel.vectors(step, result.width(), 0, (frame, from, to, scratch) -> {
      int size = frame.items(Extent.PART);
      for (long row = from; row < to; row++) {
        Memory.copy(parts[(int) (row / size)] + row % size * bytes, y + row * bytes, bytes);
      }
    });
  }
}
