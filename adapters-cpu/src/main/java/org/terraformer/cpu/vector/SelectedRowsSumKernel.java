package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.SelectedRowsSum;

/**
 * Weighted sums of the rows chosen at run time; rows whose factor is zero, as after a ReLU, are not read. Of long rows workers take ranges of
 * columns. Short ones would then be read in pieces too short for the memory, so that the rows of an item are parted in ranges, as many however
 * many workers there are; each gives a sum of its own, and a second phase adds these up, in their order.
 */
final class SelectedRowsSumKernel implements CpuKernel {
  private static final int COLUMN_UNIT = 64;
  /** What {@link Elements#addFour} adds up. */
  private static final int PARTS = 4;
  /** Bytes of rows that are long, at least. */
  private static final long LONG_ROW = 1 << 15;
  /** Bytes of all chosen rows that are worth a second phase, at least. */
  private static final long FEWEST_BYTES = 1 << 17;

  private final RowKernel rows;
  private final ChosenRows layout;
  private final Extent extent;
  private final int workers;
  private final int parts;
  private final long sums;
  private final long x;
  private final long chosen;
  private final long y;
  private final long bias;

  /**
   * @param mostItems of a run
   */
  SelectedRowsSumKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site, int mostItems) {
    this.rows = RowKernel.of(operands[1]);
    this.layout = ChosenRows.of(operands[1].value().shape());
    this.extent = step.result().extent();
    this.workers = site.workers();
    this.parts = rows.stride(1) < LONG_ROW && layout.cells() * rows.stride(1) >= FEWEST_BYTES ? PARTS : 1;
    this.x = operands[0].address();
    this.chosen = operands[2].address();
    this.y = result.address();
    this.sums = parts == 1 ? y : site.share((long) mostItems * parts * rowBytes());
    this.bias = ((SelectedRowsSum) step.operation()).biased() ? operands[3].address() : 0;
  }

  /** Of a sum, in floats. */
  private long rowBytes() {
    return 4L * rows.columns;
  }

  @Override
  public int phases(Frame frame) {
    return parts == 1 ? 1 : 2;
  }

  @Override
  public long scratchBytes() {
    return layout.cells() * RowKernel.ENTRY_BYTES;
  }

  @Override
  public void run(int phase, Frame frame, int share, int shares) {
    int items = frame.items(extent);
    if (phase == 1) {
      addParts(items, Share.from(rows.columns, COLUMN_UNIT, share, shares), Share.to(rows.columns, COLUMN_UNIT, share, shares));
      return;
    }
    // Where the parts are no multiple of the workers, several take columns of one.
    int pieces = 1;
    while (items * parts * pieces % workers != 0) {
      pieces++;
    }
    int tasks = items * parts * pieces;
    int to = Share.to(tasks, share, shares);
    int listed = -1;
    int count = 0;
    for (int task = Share.from(tasks, share, shares); task < to; task++) {
      int item = task / pieces / parts;
      if (item != listed) {
        count = list(item, frame.scratch());
        listed = item;
      }
      sum(frame.scratch(), count, task / pieces, task % pieces, pieces);
    }
  }

  /** Lists the rows of an item whose factor is not zero. */
  private int list(int item, long entries) {
    long factors = x + 4L * item * layout.cells();
    long choice = chosen + 4L * item * layout.blocks();
    long entry = entries;
    for (int cell = 0; cell < layout.cells(); cell++) {
      float factor = Memory.getFloat(factors + 4L * cell);
      RowKernel.setEntry(entry, layout.row(choice, cell), factor);
      entry += factor == 0 ? 0 : RowKernel.ENTRY_BYTES;
    }
    return (int) ((entry - entries) / RowKernel.ENTRY_BYTES);
  }

  private void sum(long entries, int count, int part, int piece, int pieces) {
    int from = Share.from(rows.columns, COLUMN_UNIT, piece, pieces);
    int to = Share.to(rows.columns, COLUMN_UNIT, piece, pieces);
    long out = sums + part * rowBytes();
    if (parts == 1) {
      start(out, from, to);
    } else {
      Floats.clear(out + 4L * from, to - from);
    }
    int first = Share.from(count, RowKernel.TOGETHER, part % parts, parts);
    int end = Share.to(count, RowKernel.TOGETHER, part % parts, parts);
    rows.addScaled(entries + first * RowKernel.ENTRY_BYTES, end - first, out, from, to);
  }

  private void start(long out, int from, int to) {
    if (bias == 0) {
      Floats.clear(out + 4L * from, to - from);
    } else {
      Floats.copy(bias + 4L * from, out + 4L * from, to - from);
    }
  }

  private void addParts(int items, int from, int to) {
    for (int item = 0; item < items; item++) {
      long out = y + item * rowBytes();
      start(out, from, to);
      Elements.addFour(sums + item * PARTS * rowBytes() + 4L * from, rowBytes(), out + 4L * from, to - from);
    }
  }
}
