package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuTensor;

/** Rows of a matrix, read piece by piece as floats, however they are stored or made. */
abstract class MatrixRows {

  /** The rows of a weight along its innermost axis. */
  static MatrixRows of(CpuTensor weight) {
    return of(weight, weight.value().shape().columns());
  }

  /** The elements of a weight as rows of another length; of Q8 only where both lengths are whole blocks. */
  static MatrixRows of(CpuTensor weight, long columns) {
    return switch (weight.dtype()) {
      case F32 -> new F32MatrixRows(weight.address(), 4 * columns);
      case BF16 -> new Bf16MatrixRows(weight.address(), 2 * columns);
      case F16 -> new F16MatrixRows(weight.address(), 2 * columns);
      case Q8 -> new Q8MatrixRows(weight.address(), weight.scalesAddress(), columns);
      case I32 -> throw new IllegalArgumentException("Matrices of products are not integers: " + weight.value());
    };
  }

  /** Whether the rows are floats that lie {@link #stride} bytes apart, so that they need not be read to be packed. */
  boolean inPlace() {
    return false;
  }

  /** The address of an element, of rows in place. */
  long at(long row, int column) {
    throw new UnsupportedOperationException();
  }

  /** Bytes from a row to the next, of rows in place. */
  long stride() {
    throw new UnsupportedOperationException();
  }

  /** Writes {@code count} elements of a row to memory as floats; for Q8 {@code from} starts a block. */
  abstract void read(long row, int from, int count, long to);
}
