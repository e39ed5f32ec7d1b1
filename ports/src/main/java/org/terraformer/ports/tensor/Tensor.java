package org.terraformer.ports.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A named tensor in memory that somebody else owns: row-major, little endian, not necessarily aligned.
 *
 * @param data the elements, {@link DType#dataBytes} bytes
 * @param scales the block scales of a Q8 tensor ({@link DType#scaleBytes} bytes), otherwise {@link MemorySegment#NULL}
 */
public record Tensor(String name, DType dtype, Shape shape, MemorySegment data, MemorySegment scales) {
  public Tensor {
    Objects.requireNonNull(name, "name");
    if (data.byteSize() != dtype.dataBytes(shape) || scales.byteSize() != dtype.scaleBytes(shape)) {
      throw new IllegalArgumentException(
          "Tensor %s of type %s and shape %s needs %d + %d bytes but got %d + %d".formatted(
              name, dtype, shape, dtype.dataBytes(shape), dtype.scaleBytes(shape), data.byteSize(), scales.byteSize()));
    }
  }

  public Tensor(String name, DType dtype, Shape shape, MemorySegment data) {
    this(name, dtype, shape, data, MemorySegment.NULL);
  }

  /** An F32 tensor over a heap array, which is not copied. */
  public static Tensor of(String name, Shape shape, float[] values) {
    return new Tensor(name, DType.F32, shape, MemorySegment.ofArray(values));
  }
}
