package org.terraformer.cpu.vector;

/** Rows of floats, a stride apart. */
final class F32MatrixRows extends MatrixRows {
  private final long address;
  private final long stride;

  F32MatrixRows(long address, long stride) {
    this.address = address;
    this.stride = stride;
  }

  @Override
  boolean inPlace() {
    return true;
  }

  @Override
  long at(long row, int column) {
    return address + row * stride + 4L * column;
  }

  @Override
  long stride() {
    return stride;
  }

  @Override
  void read(long row, int from, int count, long to) {
    Floats.copy(at(row, from), to, count);
  }
}
