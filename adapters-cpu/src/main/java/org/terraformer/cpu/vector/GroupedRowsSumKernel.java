package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.SelectedRowsSum;

/**
 * Weighted sums of chosen rows for many items: in each block the items are grouped by their choice, so that a chosen row is read and
 * unpacked once for all of them. Workers take ranges of columns, in pieces so narrow that the sums of all items stay in the cache, where they lie
 * side by side: rows of the result often lie so far apart that they would share few of its sets. An item's rows are added in the order of the
 * cells, as for one item.
 */
final class GroupedRowsSumKernel implements CpuKernel {
  private static final int PIECE = 256;

  private final MatrixRows weight;
  private final ChosenRows layout;
  private final ItemsByChoice groups;
  private final Extent extent;
  private final int columns;
  private final int capacity;
  private final long sortBytes;
  private final long x;
  private final long y;
  private final long bias;

  GroupedRowsSumKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    this.weight = MatrixRows.of(operands[1]);
    this.layout = ChosenRows.of(operands[1].value().shape());
    this.groups = new ItemsByChoice(layout, operands[2].address());
    this.extent = step.result().extent();
    this.columns = Math.toIntExact(operands[1].value().shape().columns());
    this.capacity = Math.toIntExact(site.limits().capacity(extent));
    this.sortBytes = groups.bytes(capacity);
    this.x = operands[0].address();
    this.y = result.address();
    this.bias = ((SelectedRowsSum) step.operation()).biased() ? operands[3].address() : 0;
  }

  @Override
  public long scratchBytes() {
    return 4L * PIECE * (1 + capacity) + sortBytes;
  }

  @Override
  public int sharesPerWorker(int phase, Frame frame, int workers) {
    return Share.perWorker(columns, PIECE, workers);
  }

  @Override
  public void run(int phase, Frame frame, int share, int shares) {
    int to = Share.to(columns, PIECE, share, shares);
    for (int from = Share.from(columns, PIECE, share, shares); from < to; from += PIECE) {
      piece(frame.items(extent), from, Math.min(PIECE, to - from), frame.scratch());
    }
  }

  private void piece(int items, int from, int count, long row) {
    long sums = row + 4L * PIECE;
    long sorted = sums + 4L * PIECE * items;
    for (int item = 0; item < items; item++) {
      if (bias == 0) {
        Floats.clear(sum(item, sums), count);
      } else {
        Floats.copy(bias + 4L * from, sum(item, sums), count);
      }
    }
    for (int block = 0; block < layout.blocks(); block++) {
      groups.sort(block, 0, items, sorted);
      for (int choice = 0; choice < layout.choices(); choice++) {
        int begin = groups.from(choice, sorted);
        int end = groups.to(choice, sorted);
        for (int member = 0; member < layout.group() && begin < end; member++) {
          weight.read(((long) block * layout.choices() + choice) * layout.group() + member, from, count, row);
          add(row, block * layout.group() + member, begin, end, count, sums, sorted);
        }
      }
    }
    for (int item = 0; item < items; item++) {
      Floats.copy(sum(item, sums), y + 4L * ((long) item * columns + from), count);
    }
  }

  private void add(long row, int cell, int begin, int end, int count, long sums, long sorted) {
    for (int place = begin; place < end; place++) {
      int item = groups.item(place, sorted);
      float factor = Memory.getFloat(x + 4L * ((long) item * layout.cells() + cell));
      if (factor != 0) {
        Floats.addMultiple(factor, row, sum(item, sums), count);
      }
    }
  }

  private static long sum(int item, long sums) {
    return sums + 4L * item * PIECE;
  }
}
