package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.SelectedRowsSum;

/**
 * Weighted sums of the rows chosen at run time. Workers take ranges of columns, so that every sum is made in one order; rows whose factor
 * is zero, as after a ReLU, are not read.
 */
final class SelectedRowsSumKernel implements CpuKernel {
  private static final int COLUMN_UNIT = 64;

  private final RowKernel rows;
  private final ChosenRows layout;
  private final Extent extent;
  private final long x;
  private final long chosen;
  private final long y;
  private final long bias;

  SelectedRowsSumKernel(Step step, CpuTensor[] operands, CpuTensor result) {
    this.rows = RowKernel.of(operands[1]);
    this.layout = ChosenRows.of(operands[1].value().shape());
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
      if (bias == 0) {
        Memory.clear(out + 4L * from, 4L * (to - from));
      } else {
        Memory.copy(bias + 4L * from, out + 4L * from, 4L * (to - from));
      }
      sum(x + 4L * item * layout.cells(), chosen + 4L * item * layout.blocks(), out, from, to);
    }
  }

  /** Adds four rows at a time; the order of the additions to a column is that of the cells. */
  private void sum(long factors, long choice, long out, int from, int to) {
    int waiting = 0;
    float f0 = 0;
    float f1 = 0;
    float f2 = 0;
    long r0 = 0;
    long r1 = 0;
    long r2 = 0;
    for (int cell = 0; cell < layout.cells(); cell++) {
      float factor = Memory.getFloat(factors + 4L * cell);
      if (factor == 0) {
        continue;
      }
      long row = layout.row(choice, cell);
      switch (waiting++) {
        case 0 -> {
          f0 = factor;
          r0 = row;
        }
        case 1 -> {
          f1 = factor;
          r1 = row;
        }
        case 2 -> {
          f2 = factor;
          r2 = row;
        }
        default -> {
          rows.addScaled4(f0, f1, f2, factor, r0, r1, r2, row, out, from, to);
          waiting = 0;
        }
      }
    }
    if (waiting > 0) {
      rows.addScaled(f0, r0, out, from, to);
    }
    if (waiting > 1) {
      rows.addScaled(f1, r1, out, from, to);
    }
    if (waiting > 2) {
      rows.addScaled(f2, r2, out, from, to);
    }
  }
}
