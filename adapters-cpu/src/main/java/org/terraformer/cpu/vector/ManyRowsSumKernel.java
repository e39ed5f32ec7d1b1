package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.SelectedRowsSum;
import org.terraformer.ports.tensor.Shape;

/**
 * Weighted sums of chosen F32 rows for as many items as training has. First workers take items and list the chosen rows of each
 * whose factor is not zero, as half of them are after a ReLU. Then they take panels of a few columns of all rows, and sum up each
 * list; an item's rows are added in the order of the cells, as for one item.
 */
final class ManyRowsSumKernel implements CpuKernel {
  /** Items whose lists are a share of their own, at least. */
  private static final long FEWEST_ITEMS = 32;

  private final ChosenRows layout;
  private final Extent extent;
  private final int rows;
  private final int columns;
  private final long lists;
  private final long begins;
  private final long lengths;
  private final long x;
  private final long weight;
  private final long chosen;
  private final long bias;
  private final long y;

  ManyRowsSumKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    Shape shape = operands[1].value().shape();
    this.layout = ChosenRows.of(shape);
    this.extent = step.result().extent();
    this.rows = Math.toIntExact(shape.rows());
    this.columns = Math.toIntExact(shape.columns());
    long items = site.limits().capacity(extent);
    this.lists = site.share(items * layout.cells() * RowPanel.ENTRY_BYTES);
    this.begins = site.share(items * 8);
    this.lengths = site.share(items * 4);
    this.x = operands[0].address();
    this.weight = operands[1].address();
    this.chosen = operands[2].address();
    this.bias = ((SelectedRowsSum) step.operation()).biased() ? operands[3].address() : 0;
    this.y = result.address();
  }

  @Override
  public int phases(Frame frame) {
    return 2;
  }

  @Override
  public long scratchBytes() {
    return (2L + rows) * RowPanel.ROW_BYTES;
  }

  @Override
  public int sharesPerWorker(int phase, Frame frame, int workers) {
    return phase == 0 ? Share.perWorker(frame.items(extent), FEWEST_ITEMS, workers)
        : Share.perWorker(Math.ceilDiv(columns, RowPanel.COLUMNS), 1, workers);
  }

  @Override
  public void run(int phase, Frame frame, int share, int shares) {
    int items = frame.items(extent);
    if (phase == 0) {
      int from = Share.from(items, share, shares);
      list(from, Share.to(items, share, shares), lists + RowPanel.ENTRY_BYTES * layout.cells() * from);
      return;
    }
    int panels = Math.ceilDiv(columns, RowPanel.COLUMNS);
    int to = Share.to(panels, share, shares);
    for (int panel = Share.from(panels, share, shares); panel < to; panel++) {
      sum(panel * RowPanel.COLUMNS, items, frame.scratch());
    }
  }

  /**
   * Lists one after another: those of all items are read again for each panel. Each entry is written, and stays if its factor is not zero.
   */
  private void list(int from, int to, long address) {
    long entry = address;
    for (int item = from; item < to; item++) {
      long factors = x + 4L * item * layout.cells();
      long choices = chosen + 4L * item * layout.blocks();
      Memory.setLong(begins + 8L * item, entry);
      long begin = entry;
      for (int cell = 0; cell < layout.cells(); cell++) {
        float factor = Memory.getFloat(factors + 4L * cell);
        RowPanel.setEntry(entry, (int) layout.row(choices, cell), factor);
        entry += factor == 0 ? 0 : RowPanel.ENTRY_BYTES;
      }
      Memory.setInt(lengths + 4L * item, (int) ((entry - begin) / RowPanel.ENTRY_BYTES));
    }
  }

  private void sum(int from, int items, long scratch) {
    int count = Math.min(RowPanel.COLUMNS, columns - from);
    long start = scratch + RowPanel.ROW_BYTES;
    long panel = start + RowPanel.ROW_BYTES;
    Floats.clear(start, RowPanel.COLUMNS);
    if (bias != 0) {
      Floats.copy(bias + 4L * from, start, count);
    }
    RowPanel.pack(weight + 4L * from, 4L * columns, rows, count, panel);
    for (int item = 0; item < items; item++) {
      long target = y + 4L * ((long) item * columns + from);
      RowPanel.sum(Memory.getLong(begins + 8L * item), Memory.getInt(lengths + 4L * item), panel, start, target, count, scratch);
    }
  }
}
