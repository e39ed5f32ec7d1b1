package org.terraformer.cpu.vector;

import java.util.stream.IntStream;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.ports.tensor.DType;

/** Four rows of packed weights at a time, written as floats to memory of each worker's own, for products with many vectors. */
final class UnpackedRows {
  /**
   * A tile of four vectors unpacks rows of Q8 and F16 about as fast as it multiplies; from here on other tiles would unpack them again. BF16 needs
   * so little unpacking that it never pays.
   */
  private static final int FEWEST_VECTORS = 5;
  /** What a cache of the second level holds beside vectors. */
  private static final long MOST_BYTES = 1 << 18;
  private static final int ROWS = 4;

  private final MatrixRows packed;
  private final F32Rows[] ofWorkers;
  private final int columns;
  private final int parts;

  /**
   * @param columns of a row
   * @param parts how many rows of the weight's innermost axis make up one of these
   */
  UnpackedRows(CpuTensor weight, int columns, int parts, KernelSite site) {
    this.packed = MatrixRows.of(weight, columns / parts);
    this.columns = columns;
    this.parts = parts;
    long bytes = bytes(columns);
    long memory = site.sharePerWorker(bytes);
    this.ofWorkers = IntStream.range(0, site.workers())
        .mapToObj(worker -> new F32Rows(memory + worker * KernelSite.perWorker(bytes), 0, columns)).toArray(F32Rows[]::new);
  }

  /** The number of vectors from which unpacking pays for rows of this type and length. */
  static int fewestVectors(DType dtype, int columns) {
    return (dtype == DType.Q8 || dtype == DType.F16) && bytes(columns) <= MOST_BYTES ? FEWEST_VECTORS : Integer.MAX_VALUE;
  }

  /** Unpacks up to four rows from this one on; they are the rows from 0 on of what it returns, until the worker unpacks others. */
  F32Rows unpack(int row, int count, int worker) {
    F32Rows rows = ofWorkers[worker];
    int width = columns / parts;
    for (int part = 0; part < count * parts; part++) {
      packed.read((long) row * parts + part, 0, width, rows.rowAddress(0) + 4L * part * width);
    }
    return rows;
  }

  private static long bytes(int columns) {
    return 4L * ROWS * columns;
  }
}
