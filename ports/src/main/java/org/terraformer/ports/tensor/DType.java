package org.terraformer.ports.tensor;

/** How the elements of a tensor are stored. Activations are always F32 or I32; weights may be any of the first four. */
public enum DType {
  /** IEEE 754 single precision. */
  F32,
  /** The upper 16 bits of an F32. */
  BF16,
  /** IEEE 754 half precision: a sign, 5 bits of exponent, 10 of mantissa. */
  F16,
  /**
   * Signed bytes in blocks of {@link #Q8_BLOCK} along the innermost axis, each block with one scale: w = scale * byte.
   * Every row starts a new block, so the last block of a row may be shorter. The scales are BF16, in a plane of their own,
   * one row of ceil(columns / 32) scales for each row of bytes.
   */
  Q8,
  /** Signed 32-bit integers: token ids, positions, chosen units. */
  I32;

  /** Elements that share one scale in {@link #Q8}. */
  public static final int Q8_BLOCK = 32;

  /** Bytes of the element plane of a tensor of this shape. */
  public long dataBytes(Shape shape) {
    return shape.elements() * switch (this) {
      case F32, I32 -> 4;
      case BF16, F16 -> 2;
      case Q8 -> 1;
    };
  }

  /** Bytes of the scale plane of a tensor of this shape; 0 for types without scales. */
  public long scaleBytes(Shape shape) {
    return this == Q8 ? shape.rows() * scaleColumns(shape.columns()) * 2 : 0;
  }

  /** All bytes of a tensor of this shape. */
  public long bytes(Shape shape) {
    return dataBytes(shape) + scaleBytes(shape);
  }

  /** The number of Q8 blocks in a row of this many elements. */
  public static long scaleColumns(long columns) {
    return (columns + Q8_BLOCK - 1) / Q8_BLOCK;
  }
}
