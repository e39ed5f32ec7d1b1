package org.terraformer.cpu.vector;

import java.util.Objects;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.tensor.Shape;

/**
 * Products with the rows chosen at run time. Workers take contiguous ranges of blocks.
 */
final class SelectedRowsDotKernel implements CpuKernel {
  private final RowKernel rows;
  private final int blocks;
  private final int choices;
  private final int group;
  private final Extent extent;
  private final long x;
  private final long chosen;
  private final long y;

  SelectedRowsDotKernel(Step step, CpuTensor[] operands, CpuTensor result) {
    Shape weight = operands[1].value().shape();
    this.rows = RowKernel.of(operands[1]);
    this.blocks = weight.intAxis(0);
    this.choices = weight.intAxis(1);
    this.group = weight.intAxis(2);
    this.extent = step.result().extent();
    this.x = operands[0].address();
    this.chosen = operands[2].address();
    this.y = result.address();
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    int items = frame.items(extent);
    int from = Share.from(blocks * group, worker, workers);
    int to = Share.to(blocks * group, worker, workers);
    for (int item = 0; item < items; item++) {
      long in = x + 4L * item * rows.columns;
      long out = y + 4L * item * blocks * group;
      for (int cell = from; cell < to; cell++) {
        int block = cell / group;
        int index = Memory.getInt(chosen + 4L * ((long) item * blocks + block));
        long choice = (long) block * choices + Objects.checkIndex(index, choices);
        Memory.setFloat(out + 4L * cell, rows.dot(in, choice * group + cell % group));
      }
    }
  }
}
