package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;

/**
 * Products with the rows chosen at run time, four of them side by side. Workers take contiguous ranges of cells, and of these tiles whose
 * rows stay in the cache for all items.
 */
final class SelectedRowsDotKernel implements CpuKernel {
  private static final int FEWEST_ITEMS = 32;
  private static final int FOUR = 4;

  private final RowKernel rows;
  private final ChosenRows layout;
  private final Extent extent;
  private final int tile;
  private final long x;
  private final long chosen;
  private final long y;

  SelectedRowsDotKernel(Step step, CpuTensor[] operands, CpuTensor result) {
    this.rows = RowKernel.of(operands[1]);
    this.layout = ChosenRows.of(operands[1].value().shape());
    this.extent = step.result().extent();
    this.tile = layout.cellsOfTile(4L * rows.columns);
    this.x = operands[0].address();
    this.chosen = operands[2].address();
    this.y = result.address();
  }

  /** Of decoding one for each worker, as its shares are small. */
  @Override
  public int sharesPerWorker(int phase, Frame frame, int workers) {
    return frame.items(extent) < FEWEST_ITEMS ? 1 : Share.perWorker(layout.cells(), tile, workers);
  }

  @Override
  public void run(int phase, Frame frame, int share, int shares) {
    int items = frame.items(extent);
    int to = Share.to(layout.cells(), FOUR, share, shares);
    for (int from = Share.from(layout.cells(), FOUR, share, shares); from < to; from += tile) {
      for (int item = 0; item < items; item++) {
        multiply(item, from, Math.min(to, from + tile));
      }
    }
  }

  /** The last cells of a range, where they are fewer than four, go together with some before them, whose products are made again. */
  private void multiply(int item, int from, int to) {
    long in = x + 4L * item * rows.columns;
    long out = y + 4L * item * layout.cells();
    long choice = chosen + 4L * item * layout.blocks();
    for (int next = from; next < to && to - from >= FOUR; next += FOUR) {
      int cell = Math.min(next, to - FOUR);
      rows.dot4Rows(in, layout.row(choice, cell), layout.row(choice, cell + 1), layout.row(choice, cell + 2), layout.row(choice, cell + 3),
          out + 4L * cell, 4);
    }
    for (int cell = from; cell < to && to - from < FOUR; cell++) {
      Memory.setFloat(out + 4L * cell, rows.dot(in, layout.row(choice, cell)));
    }
  }
}
