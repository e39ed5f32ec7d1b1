package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.BYTES_OF_LANES;
import static org.terraformer.cpu.vector.Species.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * The rows of a product's result and what the product is added to: a bias, zero, or what they hold already.
 */
final class ResultRows {
  private final long address;
  private final long stride;
  private final Start start;
  private final long bias;
  private final int biases;

  private enum Start {
    ZERO,
    BIAS,
    PRESENT
  }

  private ResultRows(long address, long stride, Start start, long bias, int biases) {
    this.address = address;
    this.stride = stride;
    this.start = start;
    this.bias = bias;
    this.biases = biases;
  }

  /** Rows that start from zero. */
  static ResultRows fromZero(long address, long stride) {
    return new ResultRows(address, stride, Start.ZERO, 0, 0);
  }

  /** Rows that lie one after another and start from a bias, which covers one row or several and is repeated. */
  static ResultRows fromBias(long address, long stride, long bias, int biases) {
    return new ResultRows(address, stride, Start.BIAS, bias, biases);
  }

  /** Rows to which the product is added. */
  static ResultRows fromPresent(long address, long stride) {
    return new ResultRows(address, stride, Start.PRESENT, 0, 0);
  }

  boolean startsFromZero() {
    return start == Start.ZERO;
  }

  long stride() {
    return stride;
  }

  long row(int row) {
    return address + row * stride;
  }

  /** Adds to columns of a row, the first time to what they start from. */
  void add(int row, int from, int count, long sums, boolean first) {
    long target = row(row) + 4L * from;
    if (!first || start == Start.PRESENT) {
      Elements.add(sums, target, target, count);
    } else if (start == Start.BIAS) {
      Elements.add(sums, bias(row) + 4L * from, target, count);
    } else {
      Floats.copy(sums, target, count);
    }
  }

  /** As {@link #add}, of a whole tile of {@link ProductTile#COLUMNS} sums a row. */
  void addTile(int row, int rows, int from, long sums, boolean first) {
    boolean fromBias = first && start == Start.BIAS;
    for (int i = 0; i < rows; i++) {
      long target = row(row + i) + 4L * from;
      long other = fromBias ? bias(row + i) + 4L * from : target;
      long added = sums + 4L * i * ProductTile.COLUMNS;
      FloatVector.fromMemorySegment(FLOATS, ALL, added, ORDER).add(FloatVector.fromMemorySegment(FLOATS, ALL, other, ORDER))
          .intoMemorySegment(ALL, target, ORDER);
      FloatVector.fromMemorySegment(FLOATS, ALL, added + BYTES_OF_LANES, ORDER)
          .add(FloatVector.fromMemorySegment(FLOATS, ALL, other + BYTES_OF_LANES, ORDER))
          .intoMemorySegment(ALL, target + BYTES_OF_LANES, ORDER);
    }
  }

  private long bias(int row) {
    return stride == 4L * biases ? bias : bias + row * stride % (4L * biases);
  }
}
