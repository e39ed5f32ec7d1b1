package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.ports.tensor.DType;

/** Rows of weights of one type: dot products with F32 vectors, and sums. A class for each type keeps their profiles apart. */
abstract sealed class RowKernel permits F32Rows, Bf16Rows, F16Rows, Q8Rows {
  static final int BLOCK = DType.Q8_BLOCK;
  /** Of a list of rows and their factors, for each row. */
  static final long ENTRY_BYTES = 16;
  /** Rows of a list that are read side by side, at most. */
  static final int TOGETHER = 8;
  static final long TILE_BYTES = 16 * Species.BYTES_OF_LANES;
  /** Vectors of the largest tile of rows that {@linkplain #arranges arrange} them: fewer are never read so. */
  static final int FEWEST_ARRANGED = 4;

  final int columns;
  private final long address;
  private final long scales;
  private final long rowBytes;
  private final long rowScaleBytes;

  RowKernel(long address, long scales, long columns, long rowBytes) {
    this.address = address;
    this.scales = scales;
    this.columns = Math.toIntExact(columns);
    this.rowBytes = rowBytes;
    this.rowScaleBytes = DType.scaleColumns(columns) * 2;
  }

  /** The rows of a weight along its innermost axis. */
  static RowKernel of(CpuTensor weight) {
    return of(weight, weight.value().shape().columns());
  }

  /** The elements of a weight as rows of another length, which is allowed for types without blocks. */
  static RowKernel of(CpuTensor weight, long columns) {
    return switch (weight.dtype()) {
      case F32 -> new F32Rows(weight.address(), columns, 4 * columns);
      case BF16 -> new Bf16Rows(weight.address(), 0, columns);
      case F16 -> new F16Rows(weight.address(), 0, columns);
      case Q8 -> new Q8Rows(weight.address(), weight.scalesAddress(), columns);
      case I32 -> throw new IllegalArgumentException("Weights are not integers: " + weight.value());
    };
  }

  final long rowAddress(long row) {
    return address + row * rowBytes;
  }

  /** Bytes from a row to one that is so many rows further. */
  final long stride(long rows) {
    return rows * rowBytes;
  }

  final long scaleAddress(long row) {
    return scales + row * rowScaleBytes;
  }

  /** The product of one row with the vector at x. */
  abstract float dot(long x, long row);

  /**
   * The products of four rows with the vector at x, into four floats from y on, so many bytes from one to the next. Rows that are read side by
   * side keep more of the memory system busy than one after another, above all if they lie far apart.
   */
  abstract void dot4Rows(long x, long r0, long r1, long r2, long r3, long y, long next);

  /**
   * The products of the rows from..to, and of those one, two and three quarters of the matrix further, with the vector at x, each into the
   * float of its row at y. Four long streams keep more of the memory system busy than one, while of four neighbouring rows each would be a
   * stream that the processor has to find anew. Who goes on where another range ended goes on with its streams.
   */
  final void dotQuarters(long x, long from, long to, long quarter, long y) {
    for (long row = from; row < to; row++) {
      dot4Rows(x, row, row + quarter, row + 2 * quarter, row + 3 * quarter, y + 4 * row, 4 * quarter);
    }
  }

  /** Whether one vector is multiplied with rows of all quarters side by side; if not, with one row after another. */
  boolean readsQuarters() {
    return true;
  }

  /**
   * The products of the rows from..to with the vector at x, into floats at y, where {@linkplain #readsQuarters quarters are not read}.
   *
   * @param scratch memory of the caller's own for {@link #TILE_BYTES}
   */
  void dotRows(long x, long from, long to, long y, long scratch) {
    throw new UnsupportedOperationException();
  }

  /**
   * The products of four rows, from this one on and {@code step} rows from one to the next, with so many vectors, the strides in bytes: for each
   * vector four floats, as far from each other as their rows. At any time there are eight or twelve vectors of partial sums, which beside what
   * they are made of is what the sixteen registers of a machine with 256-bit vectors have room for, or 16 where there are twice as many. The
   * partial sums go through memory, since to add up their lanes here would be more than the compiler puts into one method.
   *
   * @param vectors see {@link #tileOf}
   * @param arranged the vectors as {@link #arrange} laid them out, where that {@linkplain #arranges is done}
   * @param scratch memory of the caller's own for {@link #TILE_BYTES}
   */
  final void dotTile(int vectors, long x, long arranged, long xStride, long row, long step, long y, long yStride,
      long scratch) {
    switch (vectors) {
      case 1 -> dot4Rows(x, row, row + step, row + 2 * step, row + 3 * step, y, 4 * step);
      case 2 -> dot2x4(x, xStride, row, step, y, yStride, scratch);
      default -> dotLargestTile(arranges() ? arranged : x, xStride, row, step, y, yStride, scratch);
    }
  }

  /** Whether the largest tile reads vectors in another order than their own, in which they are laid out once for all rows. */
  boolean arranges() {
    return false;
  }

  /** Lays vectors out, one after another, as the largest tile reads them. */
  void arrange(long x, int vectors, long to) {
    throw new UnsupportedOperationException();
  }

  /**
   * Brings four rows, from this one on and {@code step} rows from one to the next, into the cache before tiles multiply them, where that is faster:
   * a processor with wide vectors multiplies so many at a time that too few loads are under way between them.
   *
   * @param scratch memory of the caller's own for {@link #TILE_BYTES}
   */
  void touch(long row, long step, long scratch) {}

  /** How many of some vectors go into the next tile: one, two, or what the largest tile of this type takes. */
  int tileOf(int vectors) {
    return Math.min(4, Integer.highestOneBit(vectors));
  }

  abstract void dot2x4(long x, long xStride, long row, long step, long y, long yStride, long scratch);

  /** As {@link #dotTile}, of as many vectors as {@link #tileOf} gives at most, arranged where that is done. */
  abstract void dotLargestTile(long x, long xStride, long row, long step, long y, long yStride, long scratch);

  /** Adds to products, of so many rows from this one on with some vectors, what the columns from {@code column} on give, which fill no vector. */
  final void addColumns(long x, long xStride, int vectors, long row, long step, int rows, int column, long y, long yStride) {
    for (int v = 0; v < vectors; v++) {
      for (int r = 0; r < rows; r++) {
        long at = y + v * yStride + 4 * r * step;
        float sum = Memory.getFloat(at);
        for (int i = column; i < columns; i++) {
          sum += element(row + r * step, i) * Memory.getFloat(x + v * xStride + 4L * i);
        }
        Memory.setFloat(at, sum);
      }
    }
  }

  abstract float element(long row, int column);

  /** Adds a multiple of the columns from..to of a row to those of the vector at y; for Q8 {@code from} starts a block. */
  abstract void addScaled(float factor, long row, long y, int from, int to);

  static void setEntry(long entry, long row, float factor) {
    Memory.setLong(entry, row);
    Memory.setFloat(entry + 8, factor);
  }

  static long row(long entry) {
    return Memory.getLong(entry);
  }

  static float factor(long entry) {
    return Memory.getFloat(entry + 8);
  }

  /** Adds multiples of the rows of a list, in their order, as {@link #addScaled(float, long, long, int, int)} does one after another. */
  final void addScaled(long entries, int count, long y, int from, int to) {
    long entry = entries;
    long end = entries + count * ENTRY_BYTES;
    for (; entry + TOGETHER * ENTRY_BYTES <= end; entry += TOGETHER * ENTRY_BYTES) {
      addScaled8(entry, y, from, to);
    }
    for (; entry + 4 * ENTRY_BYTES <= end; entry += 4 * ENTRY_BYTES) {
      addScaled4(entry, y, from, to);
    }
    for (; entry < end; entry += ENTRY_BYTES) {
      addScaled(factor(entry), row(entry), y, from, to);
    }
  }

  /** As {@link #addScaled(long, int, long, int, int)}, of four rows side by side. */
  abstract void addScaled4(long entries, long y, int from, int to);

  /** As {@link #addScaled(long, int, long, int, int)}, of {@link #TOGETHER} rows. */
  void addScaled8(long entries, long y, int from, int to) {
    addScaled4(entries, y, from, to);
    addScaled4(entries + 4 * ENTRY_BYTES, y, from, to);
  }
}
