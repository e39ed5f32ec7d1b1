package org.terraformer.app.format;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/**
 * An array as numpy writes it.
 *
 * @param type numpy's type string without byte order, as {@code f4}
 * @param columnMajor whether the first axis is the innermost in memory
 * @param data little-endian elements
 */
record NumpyArray(String type, long[] shape, boolean columnMajor, ByteBuffer data) {
  private static final Map<String, Integer> SIZES = Map.ofEntries(Map.entry("f4", 4), Map.entry("f8", 8), Map.entry("f2", 2),
      Map.entry("i1", 1), Map.entry("i2", 2), Map.entry("i4", 4), Map.entry("i8", 8), Map.entry("u1", 1), Map.entry("u2", 2),
      Map.entry("u4", 4), Map.entry("u8", 8), Map.entry("b1", 1), Map.entry("bfloat16", 2));

  /**
   * @param what the array, for messages
   * @throws InvalidInputException if the type is unknown or the shape does not fit the data
   */
  static NumpyArray of(String what, String type, long[] shape, boolean columnMajor, ByteBuffer data) {
    String plain = type.startsWith("<") || type.startsWith("|") || type.startsWith("=") ? type.substring(1) : type;
    Integer size = SIZES.get(plain);
    if (size == null) {
      throw InvalidInputException.of("%s has the numpy type %s but only little-endian numbers can be read.", what, type);
    }
    if (bytes(what, shape, size) != data.remaining()) {
      throw InvalidInputException.of("%s has %d bytes of data, which do not fit its type %s and shape %s.",
          what, data.remaining(), plain, java.util.Arrays.toString(shape));
    }
    return new NumpyArray(plain, shape, columnMajor && shape.length > 1, data.slice().order(ByteOrder.LITTLE_ENDIAN));
  }

  /** The bytes of an array of this shape; an impossible shape is refused. */
  static long bytes(String what, long[] shape, int elementBytes) {
    long bytes = elementBytes;
    for (long size : shape) {
      if (size < 0 || Math.multiplyHigh(bytes, size) != 0 || bytes * size < 0) {
        throw InvalidInputException.of("%s has the impossible shape %s.", what, java.util.Arrays.toString(shape));
      }
      bytes *= size;
    }
    return bytes;
  }

  static int elementBytes(String type) {
    return SIZES.getOrDefault(type, 1);
  }

  /**
   * The array as a weight: F32 for floating-point types, BF16 for {@code bfloat16} and for {@code u2}, as which trax stores it.
   *
   * @throws InvalidInputException for types that no weight has
   */
  Tensor toTensor(String name, Arena arena) {
    boolean half = type.equals("u2") || type.equals("bfloat16");
    if (!half && !type.equals("f4") && !type.equals("f8")) {
      throw InvalidInputException.of("%s has the numpy type %s but a weight must be f4, f8, or bfloat16 kept as u2.", name, type);
    }
    DType dtype = half ? DType.BF16 : DType.F32;
    Shape size = Shape.of(shape);
    MemorySegment target = arena.allocate(dtype.dataBytes(size), 64);
    long[] index = new long[shape.length];
    int elementBytes = elementBytes(type);
    for (long element = 0; element < size.elements(); element++) {
      int source = Math.toIntExact((columnMajor ? columnMajorIndex(index) : element) * elementBytes);
      if (half) {
        target.setAtIndex(ValueLayout.JAVA_SHORT, element, data.getShort(source));
      } else {
        target.setAtIndex(ValueLayout.JAVA_FLOAT, element, type.equals("f4") ? data.getFloat(source) : (float) data.getDouble(source));
      }
      for (int axis = shape.length - 1; columnMajor && axis >= 0 && ++index[axis] == shape[axis]; axis--) {
        index[axis] = 0;
      }
    }
    return new Tensor(name, dtype, size, target);
  }

  private long columnMajorIndex(long[] index) {
    long position = 0;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      position = position * shape[axis] + index[axis];
    }
    return position;
  }
}
