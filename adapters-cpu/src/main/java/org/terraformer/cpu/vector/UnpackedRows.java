package org.terraformer.cpu.vector;

import java.util.stream.IntStream;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.ports.tensor.DType;

/** Four rows of packed weights at a time, written as floats to memory of each worker's own, for products with many vectors. */
final class UnpackedRows {
  /** A tile of four vectors unpacks a Q8 row as fast as it multiplies. BF16 needs so little unpacking that it never pays. */
  private static final int FEWEST_FOR_Q8 = 5;
  /** The tiles of F16 are of two vectors. */
  private static final int FEWEST_FOR_F16 = 4;
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
        .mapToObj(worker -> new F32Rows(memory + worker * KernelSite.perWorker(bytes), columns, 4L * columns)).toArray(F32Rows[]::new);
  }

  /** The number of vectors from which unpacking pays for rows of this type and length. */
  static int fewestVectors(DType dtype, int columns) {
    int fewest = dtype == DType.Q8 ? FEWEST_FOR_Q8 : dtype == DType.F16 ? FEWEST_FOR_F16 : Integer.MAX_VALUE;
    return bytes(columns) <= MOST_BYTES ? fewest : Integer.MAX_VALUE;
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
