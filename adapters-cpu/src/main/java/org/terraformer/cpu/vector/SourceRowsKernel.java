package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.SourceRows;

/**
 * The rows of the source or of the target, the others cleared. Workers take ranges of rows.
 */
final class SourceRowsKernel implements CpuKernel {
  private final boolean source;
  private final long x;
  private final long positions;
  private final long lengths;
  private final long y;
  private final int width;

  SourceRowsKernel(Step step, CpuTensor[] operands, CpuTensor result) {
    this.source = ((SourceRows) step.operation()).source();
    this.x = operands[0].address();
    this.positions = operands[1].address();
    this.lengths = operands[2].address();
    this.y = result.address();
    this.width = result.width();
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    for (int row = Share.from(frame.rows(), worker, workers); row < Share.to(frame.rows(), worker, workers); row++) {
      long offset = 4L * row * width;
      if (Memory.getInt(positions + 4L * row) < Memory.getInt(lengths + 4L * (row / frame.length())) == source) {
        Floats.copy(x + offset, y + offset, width);
      } else {
        Floats.clear(y + offset, width);
      }
    }
  }
}
