package org.terraformer.app.format;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
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
record NumpyArray(String type, long[] shape, boolean columnMajor, MemorySegment data) {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int ALIGNMENT = 64;
  private static final Map<String, Integer> SIZES = Map.ofEntries(Map.entry("f4", 4), Map.entry("f8", 8), Map.entry("f2", 2),
      Map.entry("i1", 1), Map.entry("i2", 2), Map.entry("i4", 4), Map.entry("i8", 8), Map.entry("u1", 1), Map.entry("u2", 2),
      Map.entry("u4", 4), Map.entry("u8", 8), Map.entry("b1", 1), Map.entry("bfloat16", 2));

  /**
   * @param what the array, for messages
   * @throws InvalidInputException if the type is unknown or the shape does not fit the data
   */
  static NumpyArray of(String what, String type, long[] shape, boolean columnMajor, MemorySegment data) {
    String plain = plainType(type);
    if (bytes(what, shape, elementBytes(what, type)) != data.byteSize()) {
      throw InvalidInputException.of("%s has %d bytes of data, which do not fit its type %s and shape %s.",
          what, data.byteSize(), plain, Arrays.toString(shape));
    }
    return new NumpyArray(plain, shape, columnMajor && shape.length > 1, data);
  }

  /** The bytes of an array of this shape; an impossible shape is refused. */
  static long bytes(String what, long[] shape, int elementBytes) {
    long bytes = elementBytes;
    for (long size : shape) {
      if (size < 0 || Math.multiplyHigh(bytes, size) != 0 || bytes * size < 0) {
        throw InvalidInputException.of("%s has the impossible shape %s.", what, Arrays.toString(shape));
      }
      bytes *= size;
    }
    return bytes;
  }

  /**
   * @param type with or without byte order
   * @throws InvalidInputException if there is no such type of little-endian numbers
   */
  static int elementBytes(String what, String type) {
    Integer size = SIZES.get(plainType(type));
    if (size == null) {
      throw InvalidInputException.of("%s has the numpy type %s but only little-endian numbers can be read.", what, type);
    }
    return size;
  }

  private static String plainType(String type) {
    return type.startsWith("<") || type.startsWith("|") || type.startsWith("=") ? type.substring(1) : type;
  }

  /**
   * What the array is as a weight: F32 for {@code f4} and {@code f8}, F16 for {@code f2}, BF16 for {@code bfloat16} and for {@code u2}, as
   * which trax stores it.
   *
   * @throws InvalidInputException for types that no weight has
   */
  static TensorHeader header(String name, String type, long[] shape) {
    DType dtype = switch (plainType(type)) {
      case "u2", "bfloat16" -> DType.BF16;
      case "f4", "f8" -> DType.F32;
      case "f2" -> DType.F16;
      default -> throw InvalidInputException.of(
          "%s has the numpy type %s but a weight must be f2, f4, f8, or bfloat16 kept as u2.", name, type);
    };
    return new TensorHeader(name, dtype, Shape.of(shape));
  }

  TensorHeader header(String name) {
    return header(name, type, shape);
  }

  /**
   * The array as a weight, in native memory; that of the array where it is so already.
   *
   * @throws InvalidInputException for types that no weight has
   */
  Tensor toTensor(String name, Arena arena) {
    TensorHeader header = header(name);
    boolean inPlace = !columnMajor && !type.equals("f8");
    if (inPlace && data.isNative()) {
      return new Tensor(name, header.dtype(), header.shape(), data);
    }
    MemorySegment target = arena.allocate(header.dtype().dataBytes(header.shape()), ALIGNMENT);
    if (inPlace) {
      target.copyFrom(data);
    } else {
      rewrite(header, target);
    }
    return new Tensor(name, header.dtype(), header.shape(), target);
  }

  /** Writes the elements row by row, in the weight's type. */
  private void rewrite(TensorHeader header, MemorySegment target) {
    long[] index = new long[shape.length];
    for (long element = 0; element < header.shape().elements(); element++) {
      long source = columnMajor ? columnMajorIndex(index) : element;
      switch (type) {
        case "f4" -> target.setAtIndex(ValueLayout.JAVA_FLOAT, element, data.get(FLOAT, source * Float.BYTES));
        case "f8" -> target.setAtIndex(ValueLayout.JAVA_FLOAT, element, (float) data.get(DOUBLE, source * Double.BYTES));
        default -> target.setAtIndex(ValueLayout.JAVA_SHORT, element, data.get(SHORT, source * Short.BYTES));
      }
      for (int axis = shape.length - 1; columnMajor && axis >= 0 && ++index[axis] == shape[axis]; axis--) {
        index[axis] = 0;
      }
    }
  }

  private long columnMajorIndex(long[] index) {
    long position = 0;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      position = position * shape[axis] + index[axis];
    }
    return position;
  }
}
