package org.terraformer.cpu.vector;

import java.util.stream.IntStream;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.ports.tensor.DType;

/**
 * A matrix in pieces of so many columns that a cache of the second level holds what many vectors have in one of them: they are read once for each
 * few rows. Packed weights become floats on the way, four rows at a time, in memory of each worker's own.
 */
final class ColumnPieces {
  /** Four rows of a piece are half of a first-level cache. */
  static final int COLUMNS = 1024;
  private static final int ROWS = 4;
  /** What a cache of the second level holds of vectors beside all else. */
  private static final int CACHED_BYTES = 1 << 19;

  private final int columns;
  /** Rows of floats by piece; null for packed ones. */
  private final F32Rows[] direct;
  private final MatrixRows packed;
  /** What packed rows become, by worker: of a whole piece, and of the last. */
  private final F32Rows[] whole;
  private final F32Rows[] last;

  ColumnPieces(CpuTensor weight, int columns, KernelSite site) {
    this.columns = columns;
    boolean floats = weight.dtype() == DType.F32;
    this.direct = floats ? IntStream.range(0, count()).mapToObj(piece ->
        new F32Rows(weight.address() + 4L * first(piece), width(piece), 4L * columns)).toArray(F32Rows[]::new) : null;
    this.packed = floats ? null : MatrixRows.of(weight);
    long bytes = 4L * ROWS * COLUMNS;
    long memory = floats ? 0 : site.sharePerWorker(bytes);
    this.whole = unpacked(memory, bytes, COLUMNS, site);
    this.last = unpacked(memory, bytes, width(count() - 1), site);
  }

  private static F32Rows[] unpacked(long memory, long bytes, int width, KernelSite site) {
    return IntStream.range(0, site.workers()).mapToObj(worker -> new F32Rows(memory + worker * KernelSite.perWorker(bytes), width, 4L * width))
        .toArray(F32Rows[]::new);
  }

  /** The number of vectors from which pieces pay: fewer stay in the cache as they are, and rows are better read as they lie. */
  static int fewestVectors(int columns) {
    // Smaller tiles multiply no faster than the cache behind that one is read.
    return FourVectorTile.FITS && columns > COLUMNS ? Math.ceilDiv(CACHED_BYTES, 4 * columns) : Integer.MAX_VALUE;
  }

  int count() {
    return Math.ceilDiv(columns, COLUMNS);
  }

  /** The first column of a piece. */
  int first(int piece) {
    return piece * COLUMNS;
  }

  private int width(int piece) {
    return Math.min(COLUMNS, columns - first(piece));
  }

  /**
   * What has a piece of four rows, the first of them as row {@link #place}, until the worker asks for others.
   *
   * @param scratch memory of the caller's own for {@link RowKernel#TILE_BYTES}
   */
  RowKernel rows(int piece, int row, int worker, long scratch) {
    if (direct != null) {
      direct[piece].touch(row, 1, scratch);
      return direct[piece];
    }
    F32Rows rows = width(piece) == COLUMNS ? whole[worker] : last[worker];
    for (int i = 0; i < ROWS; i++) {
      packed.read(row + i, first(piece), rows.columns, rows.rowAddress(i));
    }
    return rows;
  }

  /** Which row of {@link #rows} this one is. */
  int place(int row) {
    return direct != null ? row : 0;
  }
}
