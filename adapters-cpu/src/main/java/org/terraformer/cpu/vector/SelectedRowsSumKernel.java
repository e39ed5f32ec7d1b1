package org.terraformer.cpu.vector;

import java.util.Objects;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.SelectedRowsSum;
import org.terraformer.ports.tensor.Shape;

/**
 * Weighted sums of the rows chosen at run time. Workers take ranges of columns, so that every sum is made in one order; rows whose factor
 * is zero, as after a ReLU, are not read.
 */
final class SelectedRowsSumKernel implements CpuKernel {
  private static final int COLUMN_UNIT = 64;

  private final RowKernel rows;
  private final int blocks;
  private final int choices;
  private final int group;
  private final Extent extent;
  private final long x;
  private final long chosen;
  private final long y;
  private final long bias;

  SelectedRowsSumKernel(Step step, CpuTensor[] operands, CpuTensor result) {
    Shape weight = operands[1].value().shape();
    this.rows = RowKernel.of(operands[1]);
    this.blocks = weight.intAxis(0);
    this.choices = weight.intAxis(1);
    this.group = weight.intAxis(2);
    this.extent = step.result().extent();
    this.x = operands[0].address();
    this.chosen = operands[2].address();
    this.y = result.address();
    this.bias = ((SelectedRowsSum) step.operation()).biased() ? operands[3].address() : 0;
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    int items = frame.items(extent);
    int from = Share.from(rows.columns, COLUMN_UNIT, worker, workers);
    int to = Share.to(rows.columns, COLUMN_UNIT, worker, workers);
    for (int item = 0; item < items; item++) {
      long out = y + 4L * item * rows.columns;
      for (int i = from; i < to; i++) {
        Memory.setFloat(out + 4L * i, bias == 0 ? 0 : Memory.getFloat(bias + 4L * i));
      }
      for (int cell = 0; cell < blocks * group; cell++) {
        float factor = Memory.getFloat(x + 4L * ((long) item * blocks * group + cell));
        if (factor != 0) {
          int block = cell / group;
          int index = Memory.getInt(chosen + 4L * ((long) item * blocks + block));
          long choice = (long) block * choices + Objects.checkIndex(index, choices);
          rows.addScaled(factor, choice * group + cell % group, out, from, to);
        }
      }
    }
  }
}
