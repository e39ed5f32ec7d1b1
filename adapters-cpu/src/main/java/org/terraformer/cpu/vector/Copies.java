package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.KeepIf;
import org.terraformer.ports.operation.gradient.Columns;

/** Operations that copy elements or leave them out. */
final class Copies {
  private Copies() {}

  static CpuKernel columns(Step step, CpuTensor[] operands, CpuTensor result) {
    int kept = (int) step.result().shape().columns();
    long width = operands[0].value().shape().columns();
    long x = operands[0].address() + 4L * ((Columns) step.operation()).from();
    long y = result.address();
    return PartsKernel.vectors(step, kept, 0, (frame, from, to, scratch) -> {
      for (long vector = from; vector < to; vector++) {
        Floats.copy(x + 4 * vector * width, y + 4 * vector * kept, kept);
      }
    });
  }

  static CpuKernel keepLastGradient(Step step, CpuTensor[] operands, CpuTensor result) {
    int width = result.width();
    long x = operands[0].address();
    long y = result.address();
    return PartsKernel.vectors(step, width, 0, (frame, from, to, scratch) -> {
      for (long row = from; row < to; row++) {
        long kept = row % frame.length() - (frame.length() - frame.kept());
        if (kept < 0) {
          Floats.clear(y + 4 * row * width, width);
        } else {
          Floats.copy(x + 4 * (row / frame.length() * frame.kept() + kept) * width, y + 4 * row * width, width);
        }
      }
    });
  }

  /** The first operand, where only the gradient is another one. */
  static CpuKernel copy(Step step, CpuTensor[] operands, CpuTensor result) {
    long x = operands[0].address();
    long y = result.address();
    return PartsKernel.elements(step, (from, to) -> Floats.copy(x + 4 * from, y + 4 * from, (int) (to - from)));
  }

  static CpuKernel keepIf(Step step, CpuTensor[] operands, CpuTensor result) {
    KeepIf keep = (KeepIf) step.operation();
    long x = operands[0].address();
    long draw = operands[1].address();
    long y = result.address();
    return PartsKernel.elements(step, (from, to) -> {
      if (Memory.getFloat(draw) < keep.threshold() == keep.below()) {
        Floats.copy(x + 4 * from, y + 4 * from, (int) (to - from));
      } else {
        Floats.clear(y + 4 * from, (int) (to - from));
      }
    });
  }

  static CpuKernel straightThrough(Step step, CpuTensor[] operands, CpuTensor result) {
    int choices = (int) step.result().shape().columns();
    long chosen = operands[1].address();
    long y = result.address();
    return PartsKernel.vectors(step, choices, 0, (frame, from, to, scratch) -> {
      Floats.clear(y + 4 * from * choices, (to - from) * choices);
      for (long block = from; block < to; block++) {
        int choice = Memory.getInt(chosen + 4 * block);
        if (choice >= 0 && choice < choices) {
          Memory.setFloat(y + 4 * (block * choices + choice), 1);
        }
      }
    });
  }
}
