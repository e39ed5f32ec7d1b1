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
  private static final int AHEAD = 6;
  /** Between lists, so that those which grow together do not share a cache set. */
  private static final long LINE = 64;

  private final int cells;
  private final int blocks;
  private final int group;
  private final int choices;
  private final int columns;
  private final int capacity;
  private final Extent extent;
  private final long listBytes;
  private final long lists;
  private final long begins;
  private final long ends;
  private final long factors;
  private final long vectors;
  private final long chosen;
  private final long y;

  SelectedRowsWeightGradientKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    this.cells = operands[0].value().width();
    this.blocks = operands[2].value().width();
    this.group = cells / blocks;
    this.choices = Math.toIntExact(((SelectedRowsWeightGradient) step.operation()).choices());
    this.columns = operands[1].value().width();
    this.extent = step.operands().getFirst().extent();
    this.capacity = Math.toIntExact(site.limits().capacity(extent));
    this.listBytes = capacity * RowPanel.ENTRY_BYTES + LINE;
    this.lists = site.share(cells * listBytes);
    this.begins = site.share(4L * cells * choices);
    this.ends = site.share(4L * cells * choices);
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
  public int sharesPerWorker(int phase, Frame frame, int workers) {
    return Share.perWorker(phase == 0 ? Math.ceilDiv(cells, TOGETHER) : Math.ceilDiv(columns, RowPanel.COLUMNS), 1, workers);
  }

  @Override
  public void run(int phase, Frame frame, int share, int shares) {
    int items = frame.items(extent);
    if (phase == 0) {
      int to = Share.to(cells, TOGETHER, share, shares);
      for (int cell = Share.from(cells, TOGETHER, share, shares); cell < to; cell += TOGETHER) {
        list(cell, Math.min(to, cell + TOGETHER), items, frame.scratch());
      }
      return;
    }
    int panels = Math.ceilDiv(columns, RowPanel.COLUMNS);
    int to = Share.to(panels, share, shares);
    for (int panel = Share.from(panels, share, shares); panel < to; panel++) {
      sum(panel * RowPanel.COLUMNS, items, frame.scratch());
    }
  }

  private long factorAddress(int cell, int item) {
    return factors + 4L * ((long) item * cells + cell);
  }

  private long choiceAddress(int cell, int item) {
    int block = group == 1 ? cell : cell / group;
    return chosen + 4L * ((long) item * blocks + block);
  }

  private int choice(int cell, int item) {
    return Objects.checkIndex(Memory.getInt(choiceAddress(cell, item)), choices);
  }

  /** The address of where the items of a choice begin in the cell's list. */
  private long begin(int cell, int choice) {
    return begins + 4L * ((long) cell * choices + choice);
  }

  /** The address of where they end. */
  private long end(int cell, int choice) {
    return ends + 4L * ((long) cell * choices + choice);
  }

  private long list(int cell) {
    return lists + cell * listBytes;
  }

  /**
   * A counting sort for each of some cells, which gives each choice a part of the cell's list that would hold all items of the choice. An
   * entry is written for each item, and the next one takes its place if its factor is zero: a branch could not be foretold. Each item lies far
   * from the one before, and no processor guesses where; so some items ahead are read, and their sum written, lest the compiler leave that out.
   */
  private void list(int from, int to, int items, long scratch) {
    int ahead = 0;
    for (int cell = from; cell < to; cell++) {
      for (int choice = 0; choice < choices; choice++) {
        Memory.setInt(end(cell, choice), 0);
      }
    }
    for (int item = 0; item < items; item++) {
      int later = Math.min(item + AHEAD, items - 1);
      ahead += Memory.getInt(choiceAddress(from, later)) + Memory.getInt(choiceAddress(to - 1, later));
      for (int cell = from; cell < to; cell++) {
        long count = end(cell, choice(cell, item));
        Memory.setInt(count, Memory.getInt(count) + 1);
      }
    }
    for (int cell = from; cell < to; cell++) {
      int begin = 0;
      for (int choice = 0; choice < choices; choice++) {
        int count = Memory.getInt(end(cell, choice));
        Memory.setInt(begin(cell, choice), begin);
        Memory.setInt(end(cell, choice), begin);
        begin += count;
      }
    }
    for (int item = 0; item < items; item++) {
      int later = Math.min(item + AHEAD, items - 1);
      ahead += Memory.getInt(choiceAddress(from, later)) + Memory.getInt(choiceAddress(to - 1, later))
          + Memory.getInt(factorAddress(from, later)) + Memory.getInt(factorAddress(to - 1, later));
      for (int cell = from; cell < to; cell++) {
        float factor = Memory.getFloat(factorAddress(cell, item));
        long end = end(cell, choice(cell, item));
        int next = Memory.getInt(end);
        RowPanel.setEntry(list(cell) + RowPanel.ENTRY_BYTES * next, item, factor);
        Memory.setInt(end, next + (factor == 0 ? 0 : 1));
      }
    }
    Memory.setInt(scratch, ahead);
  }

  private void sum(int from, int items, long scratch) {
    int count = Math.min(RowPanel.COLUMNS, columns - from);
    long zero = scratch + RowPanel.ROW_BYTES;
    long panel = zero + RowPanel.ROW_BYTES;
    Floats.clear(zero, RowPanel.COLUMNS);
    RowPanel.pack(vectors + 4L * from, 4L * columns, items, count, panel);
    for (int cell = 0; cell < cells; cell++) {
      for (int choice = 0; choice < choices; choice++) {
        int begin = Memory.getInt(begin(cell, choice));
        int end = Memory.getInt(end(cell, choice));
        long row = ((long) (cell / group) * choices + choice) * group + cell % group;
        long target = y + 4L * (row * columns + from);
        RowPanel.sum(list(cell) + RowPanel.ENTRY_BYTES * begin, end - begin, panel, zero, target, count, scratch);
      }
    }
  }
}
