package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;

/**
 * Products with the rows chosen at run time, of those cells alone at which another value is above 0, as half of them are after a ReLU; the
 * others are 0. Four rows are read side by side; where an item has no four cells left, its last one fills up. Workers take contiguous ranges of
 * cells.
 */
final class SelectedRowsDotWhereKernel implements CpuKernel {
  private static final int FOUR = 4;
  /** Cells that are a share of their own, at least. */
  private static final long FEWEST_CELLS = 40;
  private static final long PRODUCTS_BYTES = FOUR * Float.BYTES;

  private final RowKernel rows;
  private final ChosenRows layout;
  private final Extent extent;
  private final long x;
  private final long chosen;
  private final long active;
  private final long y;

  SelectedRowsDotWhereKernel(Step step, CpuTensor[] operands, CpuTensor result) {
    this.rows = RowKernel.of(operands[1]);
    this.layout = ChosenRows.of(operands[1].value().shape());
    this.extent = step.result().extent();
    this.x = operands[0].address();
    this.chosen = operands[2].address();
    this.active = operands[3].address();
    this.y = result.address();
  }

  @Override
  public long scratchBytes() {
    return PRODUCTS_BYTES + 4L * (layout.cells() + 1);
  }

  @Override
  public int sharesPerWorker(int phase, Frame frame, int workers) {
    return Share.perWorker(layout.cells(), FEWEST_CELLS, workers);
  }

  @Override
  public void run(int phase, Frame frame, int share, int shares) {
    int items = frame.items(extent);
    int from = Share.from(layout.cells(), share, shares);
    int to = Share.to(layout.cells(), share, shares);
    for (int item = 0; item < items; item++) {
      multiply(item, from, to, frame.scratch());
    }
  }

  /** Each cell is listed, and the next one takes the place of one that does not count: a branch could not be foretold. */
  private void multiply(int item, int from, int to, long products) {
    long out = y + 4L * item * layout.cells();
    long wanted = active + 4L * item * layout.cells();
    long list = products + PRODUCTS_BYTES;
    int count = 0;
    for (int cell = from; cell < to; cell++) {
      Memory.setFloat(out + 4L * cell, 0);
      Memory.setInt(list + 4L * count, cell);
      count += Memory.getFloat(wanted + 4L * cell) > 0 ? 1 : 0;
    }
    long in = x + 4L * item * rows.columns;
    long choice = chosen + 4L * item * layout.blocks();
    for (int i = 0; i < count; i += FOUR) {
      int c0 = Memory.getInt(list + 4L * i);
      int c1 = Memory.getInt(list + 4L * Math.min(count - 1, i + 1));
      int c2 = Memory.getInt(list + 4L * Math.min(count - 1, i + 2));
      int c3 = Memory.getInt(list + 4L * Math.min(count - 1, i + 3));
      rows.dot4Rows(in, layout.row(choice, c0), layout.row(choice, c1), layout.row(choice, c2), layout.row(choice, c3), products, 4);
      Memory.setFloat(out + 4L * c0, Memory.getFloat(products));
      Memory.setFloat(out + 4L * c1, Memory.getFloat(products + 4));
      Memory.setFloat(out + 4L * c2, Memory.getFloat(products + 8));
      Memory.setFloat(out + 4L * c3, Memory.getFloat(products + 12));
    }
  }
}
