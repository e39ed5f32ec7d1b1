package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;

/**
 * Products with chosen rows for many items: in each block the items are grouped by their choice, so that a chosen row is read and unpacked
 * once for all of them; of so many items at a time that they stay in the cache. Workers take ranges of the choices of all blocks. A product is
 * made as that of one item is.
 */
final class GroupedRowsDotKernel implements CpuKernel {
  private static final int TILE = 128;

  private final MatrixRows weight;
  private final F32Rows vectors;
  private final ChosenRows layout;
  private final ItemsByChoice groups;
  private final Extent extent;
  private final long rowBytes;
  private final long sortBytes;
  private final long x;
  private final long y;

  GroupedRowsDotKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    int columns = Math.toIntExact(operands[1].value().shape().columns());
    this.weight = MatrixRows.of(operands[1]);
    this.layout = ChosenRows.of(operands[1].value().shape());
    this.groups = new ItemsByChoice(layout, operands[2].address());
    this.extent = step.result().extent();
    this.rowBytes = KernelSite.perWorker(4L * columns);
    this.sortBytes = groups.bytes(Math.toIntExact(Math.min(TILE, site.limits().capacity(extent))));
    this.x = operands[0].address();
    this.vectors = new F32Rows(x, columns, 4L * columns);
    this.y = result.address();
  }

  @Override
  public long scratchBytes() {
    return rowBytes + KernelSite.perWorker(16) + sortBytes;
  }

  @Override
  public int sharesPerWorker(int phase, Frame frame, int workers) {
    return Share.perWorker(layout.blocks(), 1, workers);
  }

  @Override
  public void run(int phase, Frame frame, int share, int shares) {
    int items = frame.items(extent);
    for (int first = 0; first < items; first += TILE) {
      multiply(first, Math.min(TILE, items - first), frame.scratch(), share, shares);
    }
  }

  private void multiply(int first, int items, long row, int share, int shares) {
    long sorted = row + rowBytes + KernelSite.perWorker(16);
    int all = layout.blocks() * layout.choices();
    int to = Share.to(all, share, shares);
    int sortedBlock = -1;
    for (int task = Share.from(all, share, shares); task < to; task++) {
      int block = task / layout.choices();
      int choice = task % layout.choices();
      if (block != sortedBlock) {
        groups.sort(block, first, items, sorted);
        sortedBlock = block;
      }
      int from = groups.from(choice, sorted);
      int end = groups.to(choice, sorted);
      for (int member = 0; member < layout.group() && from < end; member++) {
        weight.read((long) task * layout.group() + member, 0, vectors.columns, row);
        multiply(row, block * layout.group() + member, from, end, sorted);
      }
    }
  }

  /** The products of one row with the items at these places. */
  private void multiply(long row, int cell, int from, int to, long sorted) {
    long products = row + rowBytes;
    int place = from;
    for (; place + 4 <= to; place += 4) {
      vectors.dot4Rows(row, groups.item(place, sorted), groups.item(place + 1, sorted), groups.item(place + 2, sorted),
          groups.item(place + 3, sorted), products, 4);
      for (int i = 0; i < 4; i++) {
        Memory.setFloat(target(groups.item(place + i, sorted), cell), Memory.getFloat(products + 4L * i));
      }
    }
    for (; place < to; place++) {
      int item = groups.item(place, sorted);
      Memory.setFloat(target(item, cell), vectors.dot(row, item));
    }
  }

  private long target(int item, int cell) {
    return y + 4L * ((long) item * layout.cells() + cell);
  }
}
