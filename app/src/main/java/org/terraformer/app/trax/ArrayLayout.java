package org.terraformer.app.trax;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/** Copies the elements of a tensor into another order; F32, F16 and BF16 elements keep their type. */
final class ArrayLayout {
  private static final int ALIGNMENT = 64;
  private static final int TILE = 32;

  private ArrayLayout() {}

  /** The same elements under another name and shape; nothing is copied. */
  static Tensor renamed(Tensor source, String name, Shape shape) {
    return new Tensor(name, source.dtype(), shape, source.data());
  }

  /**
   * Reads the source as a matrix with so many rows and makes its columns rows; goes tile by tile, so that both matrices stay in
   * the cache.
   *
   * @param shape the shape that the result is given; it has as many elements
   */
  static Tensor transposed(Tensor source, long rows, String name, Shape shape, Arena arena) {
    MemorySegment from = source.data();
    MemorySegment to = allocate(source.dtype(), shape, arena);
    long columns = rows == 0 ? 0 : shape.elements() / rows;
    for (long row = 0; row < rows; row += TILE) {
      for (long column = 0; column < columns; column += TILE) {
        long lastColumn = Math.min(columns, column + TILE);
        long lastRow = Math.min(rows, row + TILE);
        for (long j = column; j < lastColumn; j++) {
          for (long i = row; i < lastRow; i++) {
            copyElement(from, i * columns + j, to, j * rows + i, source.dtype());
          }
        }
      }
    }
    return new Tensor(name, source.dtype(), shape, to);
  }

  /**
   * Reads the source as an array with these axes and writes it with its axes permuted.
   *
   * @param axes sizes of the source's axes; their product is its number of elements
   * @param order for each axis of the result the source axis it comes from
   * @param shape the shape that the result is given; it has as many elements
   */
  static Tensor permuted(Tensor source, long[] axes, int[] order, String name, Shape shape, Arena arena) {
    MemorySegment from = source.data();
    MemorySegment to = allocate(source.dtype(), shape, arena);
    long[] sourceStride = new long[axes.length];
    long stride = 1;
    for (int axis = axes.length - 1; axis >= 0; axis--) {
      sourceStride[axis] = stride;
      stride *= axes[axis];
    }
    int rank = axes.length;
    long[] index = new long[rank];
    long inner = axes[order[rank - 1]];
    long innerStride = sourceStride[order[rank - 1]];
    long rows = inner == 0 ? 0 : shape.elements() / inner;
    for (long row = 0, target = 0; row < rows; row++) {
      long offset = 0;
      for (int axis = 0; axis < rank - 1; axis++) {
        offset += index[axis] * sourceStride[order[axis]];
      }
      for (long i = 0; i < inner; i++, target++) {
        copyElement(from, offset + i * innerStride, to, target, source.dtype());
      }
      for (int axis = rank - 2; axis >= 0 && ++index[axis] == axes[order[axis]]; axis--) {
        index[axis] = 0;
      }
    }
    return new Tensor(name, source.dtype(), shape, to);
  }

  static MemorySegment allocate(DType dtype, Shape shape, Arena arena) {
    return arena.allocate(dtype.dataBytes(shape), ALIGNMENT);
  }

  static void copyElement(MemorySegment from, long fromIndex, MemorySegment to, long toIndex, DType dtype) {
    if (dtype == DType.F32) {
      to.set(ValueLayout.JAVA_INT_UNALIGNED, toIndex * 4, from.get(ValueLayout.JAVA_INT_UNALIGNED, fromIndex * 4));
    } else {
      to.set(ValueLayout.JAVA_SHORT_UNALIGNED, toIndex * 2, from.get(ValueLayout.JAVA_SHORT_UNALIGNED, fromIndex * 2));
    }
  }
}
