package org.terraformer.cpu.vector;

import java.util.Objects;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.gradient.SelectedRowsWeightGradient;

/**
 * The gradient of rows that items chose. First workers take cells and list the items of each choice whose factor is not zero.
 * Then they take panels of a few columns of all items, and sum up each list; a row's items are added in their order.
 */
final class SelectedRowsWeightGradientKernel implements CpuKernel {
  /** Cells whose factors lie in one line of the cache. */
  private static final int TOGETHER = 16;

  private final int cells;
  private final int group;
  private final int choices;
  private final int columns;
  private final int capacity;
  private final Extent extent;
  private final long lists;
  private final long ends;
  private final long factors;
  private final long vectors;
  private final long chosen;
  private final long y;

  SelectedRowsWeightGradientKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    this.cells = operands[0].value().width();
    this.group = cells / operands[2].value().width();
    this.choices = Math.toIntExact(((SelectedRowsWeightGradient) step.operation()).choices());
    this.columns = operands[1].value().width();
    this.extent = step.operands().getFirst().extent();
    this.capacity = Math.toIntExact(site.limits().capacity(extent));
    this.lists = site.allocate((long) cells * capacity * RowPanel.ENTRY_BYTES);
    this.ends = site.allocate(4L * cells * (choices + 1));
    this.factors = operands[0].address();
    this.vectors = operands[1].address();
    this.chosen = operands[2].address();
    this.y = result.address();
  }

  @Override
  public int phases(Frame frame) {
    return 2;
  }

  @Override
  public long scratchBytes() {
    return (2L + capacity) * RowPanel.ROW_BYTES;
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    int items = frame.items(extent);
    if (phase == 0) {
      int to = Share.to(cells, TOGETHER, worker, workers);
      for (int cell = Share.from(cells, TOGETHER, worker, workers); cell < to; cell += TOGETHER) {
        list(cell, Math.min(to, cell + TOGETHER), items);
      }
      return;
    }
    int panels = Math.ceilDiv(columns, RowPanel.COLUMNS);
    int to = Share.to(panels, worker, workers);
    for (int panel = Share.from(panels, worker, workers); panel < to; panel++) {
      sum(panel * RowPanel.COLUMNS, items, frame.scratch(worker));
    }
  }

  private float factor(int cell, int item) {
    return Memory.getFloat(factors + 4L * ((long) item * cells + cell));
  }

  private int choice(int cell, int item) {
    return Objects.checkIndex(Memory.getInt(chosen + 4L * ((long) item * (cells / group) + cell / group)), choices);
  }

  /** The address of where the items of a choice end in the cell's list; those of the next one begin there. */
  private long end(int cell, int choice) {
    return ends + 4L * ((long) cell * (choices + 1) + choice);
  }

  private long list(int cell) {
    return lists + (long) cell * capacity * RowPanel.ENTRY_BYTES;
  }

  /**
   * A counting sort for each of some cells: a choice's number is first how many items the choice before it has, then where its next item
   * goes, and at last where its items end.
   */
  private void list(int from, int to, int items) {
    for (int cell = from; cell < to; cell++) {
      for (int choice = 0; choice <= choices; choice++) {
        Memory.setInt(end(cell, choice), 0);
      }
    }
    for (int item = 0; item < items; item++) {
      for (int cell = from; cell < to; cell++) {
        long count = end(cell, choice(cell, item) + 1);
        Memory.setInt(count, Memory.getInt(count) + (factor(cell, item) == 0 ? 0 : 1));
      }
    }
    for (int cell = from; cell < to; cell++) {
      for (int choice = 1; choice <= choices; choice++) {
        Memory.setInt(end(cell, choice), Memory.getInt(end(cell, choice)) + Memory.getInt(end(cell, choice - 1)));
      }
    }
    for (int item = 0; item < items; item++) {
      for (int cell = from; cell < to; cell++) {
        float factor = factor(cell, item);
        if (factor != 0) {
          long next = end(cell, choice(cell, item));
          RowPanel.setEntry(list(cell) + RowPanel.ENTRY_BYTES * Memory.getInt(next), item, factor);
          Memory.setInt(next, Memory.getInt(next) + 1);
        }
      }
    }
  }

  private void sum(int from, int items, long scratch) {
    int count = Math.min(RowPanel.COLUMNS, columns - from);
    long zero = scratch + RowPanel.ROW_BYTES;
    long panel = zero + RowPanel.ROW_BYTES;
    Floats.clear(zero, RowPanel.COLUMNS);
    RowPanel.pack(vectors + 4L * from, 4L * columns, items, count, panel);
    for (int cell = 0; cell < cells; cell++) {
      int begin = 0;
      for (int choice = 0; choice < choices; choice++) {
        int end = Memory.getInt(end(cell, choice));
        long row = ((long) (cell / group) * choices + choice) * group + cell % group;
        long target = y + 4L * (row * columns + from);
        RowPanel.sum(list(cell) + RowPanel.ENTRY_BYTES * begin, end - begin, panel, zero, target, count, scratch);
        begin = end;
      }
    }
  }
}
