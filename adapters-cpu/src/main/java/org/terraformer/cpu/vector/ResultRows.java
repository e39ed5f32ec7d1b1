package org.terraformer.cpu.vector;

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

  /** The address of what some rows are added to the first time, of rows that do not start from zero. */
  long start(int row) {
    return start == Start.BIAS ? bias(row) : row(row);
  }

  /** Bytes from what a row starts from to what the next one does; -1 if that is not the same for all of some rows. */
  long startStride(int row, int rows) {
    if (start != Start.BIAS) {
      return stride;
    }
    return stride == 4L * biases ? 0 : bias(row + rows - 1) - bias(row) == (rows - 1) * stride ? stride : -1;
  }

  long stride() {
    return stride;
  }

  long row(int row) {
    return address + row * stride;
  }

  private long bias(int row) {
    return stride == 4L * biases ? bias : bias + row * stride % (4L * biases);
  }
}
