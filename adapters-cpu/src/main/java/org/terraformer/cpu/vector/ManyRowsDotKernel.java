package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.IN_RANGE;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.BYTES_OF_LANES;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.FloatVector;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.tensor.DType;

/**
 * As {@link GroupedRowsDotKernel}, of F32 rows of whole vectors: a chosen row is read where it lies, by four items at a time. Where a choice has
 * no four items left, its last one fills up: four products take hardly longer than one. Workers take ranges of blocks. Where
 * products are not wanted, they are 0 and are not made.
 */
final class ManyRowsDotKernel implements CpuKernel {
  private static final int TILE = 128;
  private static final int FOUR = 4;
  /** Of a worker's own: the lanes of four sums, then the sums. */
  private static final long SUMS_BYTES = FOUR * BYTES_OF_LANES + 4L * FOUR;

  private final ChosenRows layout;
  private final ItemsByChoice groups;
  private final Extent extent;
  private final int columns;
  private final long sortBytes;
  private final long x;
  private final long weight;
  /** The address of what is above 0 where a product is wanted; 0 where all are. */
  private final long active;
  private final long y;

  /** All products. */
  ManyRowsDotKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    this(step, operands, result, 0, site);
  }

  /**
   * Products where they are wanted, of a weight with one row for each choice.
   *
   * @param active the address of what is above 0 where a product is wanted
   */
  ManyRowsDotKernel(Step step, CpuTensor[] operands, CpuTensor result, long active, KernelSite site) {
    this.layout = ChosenRows.of(operands[1].value().shape());
    this.groups = new ItemsByChoice(layout, operands[2].address());
    this.extent = step.result().extent();
    this.columns = Math.toIntExact(operands[1].value().shape().columns());
    this.sortBytes = groups.bytes(Math.toIntExact(Math.min(TILE, site.limits().capacity(extent))));
    this.x = operands[0].address();
    this.weight = operands[1].address();
    this.active = active;
    this.y = result.address();
  }

  static boolean fits(CpuTensor weight) {
    return weight.dtype() == DType.F32 && weight.value().shape().columns() % LANES == 0;
  }

  @Override
  public long scratchBytes() {
    return SUMS_BYTES + sortBytes;
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    int items = frame.items(extent);
    for (int first = 0; first < items; first += TILE) {
      multiply(first, Math.min(TILE, items - first), frame.scratch(worker), worker, workers);
    }
  }

  private void multiply(int first, int items, long sums, int worker, int workers) {
    long sorted = sums + SUMS_BYTES;
    int to = Share.to(layout.blocks(), worker, workers);
    for (int block = Share.from(layout.blocks(), worker, workers); block < to; block++) {
      sort(block, first, items, sorted);
      for (int choice = 0; choice < layout.choices(); choice++) {
        int from = groups.from(choice, sorted);
        int end = groups.to(choice, sorted);
        for (int member = 0; member < layout.group(); member++) {
          long row = weight + 4L * columns * (((long) block * layout.choices() + choice) * layout.group() + member);
          for (int place = from; place < end; place += FOUR) {
            multiply(row, block * layout.group() + member, place, end - 1, sorted, sums);
          }
        }
      }
    }
  }

  private void sort(int block, int first, int items, long sorted) {
    if (active == 0) {
      groups.sort(block, first, items, sorted);
      return;
    }
    groups.sortActive(block, first, items, active, sorted);
    for (int item = first; item < first + items; item++) {
      Memory.setFloat(y + 4L * ((long) item * layout.blocks() + block), 0);
    }
  }

  /** The products of a row with the item at a place and the three after it; beyond the last, with the last. */
  private void multiply(long row, int cell, int place, int last, long sorted, long sums) {
    int i0 = groups.item(place, sorted);
    int i1 = groups.item(Math.min(place + 1, last), sorted);
    int i2 = groups.item(Math.min(place + 2, last), sorted);
    int i3 = groups.item(Math.min(place + 3, last), sorted);
    long bytes = 4L * columns;
    dot(row, x + i0 * bytes, x + i1 * bytes, x + i2 * bytes, x + i3 * bytes, columns, sums);
    long products = sums + FOUR * BYTES_OF_LANES;
    LaneSum.store(sums, products);
    long target = y + 4L * cell;
    long stride = 4L * layout.cells();
    Memory.setFloat(target + i0 * stride, Memory.getFloat(products));
    Memory.setFloat(target + i1 * stride, Memory.getFloat(products + 4));
    Memory.setFloat(target + i2 * stride, Memory.getFloat(products + 8));
    Memory.setFloat(target + i3 * stride, Memory.getFloat(products + 12));
  }

  private static void dot(long row, long x0, long x1, long x2, long x3, int columns, long sums) {
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = FloatVector.zero(FLOATS);
    FloatVector sum2 = FloatVector.zero(FLOATS);
    FloatVector sum3 = FloatVector.zero(FLOATS);
    for (int i = 0; i < columns; i += LANES) {
      long at = 4L * i;
      FloatVector w = FloatVector.fromMemorySegment(FLOATS, ALL, row + at & IN_RANGE, ORDER);
      sum0 = FloatVector.fromMemorySegment(FLOATS, ALL, x0 + at & IN_RANGE, ORDER).fma(w, sum0);
      sum1 = FloatVector.fromMemorySegment(FLOATS, ALL, x1 + at & IN_RANGE, ORDER).fma(w, sum1);
      sum2 = FloatVector.fromMemorySegment(FLOATS, ALL, x2 + at & IN_RANGE, ORDER).fma(w, sum2);
      sum3 = FloatVector.fromMemorySegment(FLOATS, ALL, x3 + at & IN_RANGE, ORDER).fma(w, sum3);
    }
    sum0.intoMemorySegment(ALL, sums, ORDER);
    sum1.intoMemorySegment(ALL, sums + BYTES_OF_LANES, ORDER);
    sum2.intoMemorySegment(ALL, sums + 2 * BYTES_OF_LANES, ORDER);
    sum3.intoMemorySegment(ALL, sums + 3 * BYTES_OF_LANES, ORDER);
  }
}
