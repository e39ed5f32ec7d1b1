package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuTensor;

/** Rows of floats, a stride apart. */
final class F32MatrixRows extends MatrixRows {
  private final long address;
  private final long stride;

  F32MatrixRows(long address, long stride) {
    this.address = address;
    this.stride = stride;
  }

  /** For each head its part of all rows. */
  static MatrixRows[] ofHeads(CpuTensor rows, int heads) {
    MatrixRows[] parts = new MatrixRows[heads];
    for (int head = 0; head < heads; head++) {
      parts[head] = new F32MatrixRows(rows.address() + 4L * head * (rows.width() / heads), 4L * rows.width());
    }
    return parts;
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
