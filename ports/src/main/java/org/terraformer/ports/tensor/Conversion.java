package org.terraformer.ports.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.function.LongConsumer;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * Stores tensors in another type. To BF16 and F16: the nearest, ties to even; what is finite but beyond the largest F16 is refused, while a
 * BF16 becomes infinite. To Q8: with a the largest |w| of a block, its scale s is the BF16 nearest to a / 127, and each byte is w / s rounded
 * to the nearest, so that |w - s * byte| is at most s / 2. Going through a larger type and back changes no weight: the largest byte of a block
 * is 127 or -127, which gives the same scale. That does not hold for blocks of weights below 2^-119 alone, whose scale has fewer digits than
 * other BF16 numbers. Of BF16 and F16 neither is the larger one: F16 has three digits more, BF16 the range of F32.
 */
public final class Conversion {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final int LARGEST_BYTE = 127;
  /** All ones where an F16 is not finite. */
  private static final int F16_EXPONENT = 0x7C00;

  private Conversion() {}

  /**
   * The tensor in another type, in memory of the allocator; the tensor itself if it has that type already.
   *
   * @throws InvalidInputException if one of the types is I32, a value that is to become Q8 is not finite, or one that is to become F16 is finite
   *     but would not be as F16
   */
  public static Tensor convert(Tensor source, DType target, SegmentAllocator allocator) {
    return convert(source, target, allocator, elements -> { });
  }

  /** As {@link #convert(Tensor, DType, SegmentAllocator)}; {@code done} hears again and again how many elements have been converted. */
  public static Tensor convert(Tensor source, DType target, SegmentAllocator allocator, LongConsumer done) {
    if (source.dtype() == target) {
      return source;
    }
    if (source.dtype() == DType.I32 || target == DType.I32) {
      throw InvalidInputException.of(
          "The tensor %s can't be converted from %s to %s; allowed are F32, F16, BF16 and Q8.", source.name(), source.dtype(), target);
    }
    Shape shape = source.shape();
    MemorySegment data = allocator.allocate(target.dataBytes(shape), 64);
    MemorySegment scales = target == DType.Q8 ? allocator.allocate(target.scaleBytes(shape), 64) : MemorySegment.NULL;
    int columns = Math.toIntExact(shape.columns());
    float[] row = new float[columns];
    for (long r = 0; r < shape.rows() && columns > 0; r++) {
      readRow(source, r, row);
      switch (target) {
        case F32 -> MemorySegment.copy(row, 0, data, FLOAT, r * columns * 4, columns);
        case BF16 -> writeBf16(row, data, r);
        case F16 -> writeF16(source, row, data, r);
        default -> writeQ8(source, row, data, scales, r);
      }
      done.accept((r + 1) * columns);
    }
    return new Tensor(source.name(), target, shape, data, scales);
  }

  /** All elements of a tensor of F32, F16, BF16 or Q8 as floats; for tensors that fit an array. */
  public static float[] toFloats(Tensor source) {
    int columns = Math.toIntExact(source.shape().columns());
    float[] all = new float[Math.toIntExact(source.shape().elements())];
    float[] row = new float[columns];
    for (int r = 0; r < source.shape().rows() && columns > 0; r++) {
      readRow(source, r, row);
      System.arraycopy(row, 0, all, r * columns, columns);
    }
    return all;
  }

  /** Reads one vector along the innermost axis as floats. */
  public static void readRow(Tensor source, long row, float[] destination) {
    int columns = destination.length;
    MemorySegment data = source.data();
    switch (source.dtype()) {
      case F32 -> MemorySegment.copy(data, FLOAT, row * columns * 4, destination, 0, columns);
      case BF16 -> {
        for (int i = 0; i < columns; i++) {
          destination[i] = BFloat16.toFloat(data.get(SHORT, (row * columns + i) * 2));
        }
      }
      case F16 -> {
        for (int i = 0; i < columns; i++) {
          destination[i] = Float.float16ToFloat(data.get(SHORT, (row * columns + i) * 2));
        }
      }
      case Q8 -> {
        long blocks = DType.scaleColumns(columns);
        for (int i = 0; i < columns; i++) {
          float scale = BFloat16.toFloat(source.scales().get(SHORT, (row * blocks + i / DType.Q8_BLOCK) * 2));
          destination[i] = scale * data.get(BYTE, row * columns + i);
        }
      }
      case I32 -> throw new IllegalArgumentException("Tensor " + source.name() + " holds integers.");
    }
  }

  private static void writeBf16(float[] row, MemorySegment data, long r) {
    for (int i = 0; i < row.length; i++) {
      data.set(SHORT, (r * row.length + i) * 2, BFloat16.fromFloat(row[i]));
    }
  }

  private static void writeF16(Tensor source, float[] row, MemorySegment data, long r) {
    for (int i = 0; i < row.length; i++) {
      short half = Float.floatToFloat16(row[i]);
      if ((half & F16_EXPONENT) == F16_EXPONENT && Float.isFinite(row[i])) {
        throw InvalidInputException.of("The tensor %s has the value %s at index %d but F16 holds values up to 65,504.",
            source.name(), row[i], r * row.length + i);
      }
      data.set(SHORT, (r * row.length + i) * 2, half);
    }
  }

  private static void writeQ8(Tensor source, float[] row, MemorySegment data, MemorySegment scales, long r) {
    long blocks = DType.scaleColumns(row.length);
    for (int block = 0; block < blocks; block++) {
      int from = block * DType.Q8_BLOCK;
      int to = Math.min(row.length, from + DType.Q8_BLOCK);
      float largest = 0;
      for (int i = from; i < to; i++) {
        if (!Float.isFinite(row[i])) {
          throw InvalidInputException.of("The tensor %s has the value %s at index %d but only finite values can become Q8.",
              source.name(), row[i], r * row.length + i);
        }
        largest = Math.max(largest, Math.abs(row[i]));
      }
      short scaleBits = scale(largest);
      float scale = BFloat16.toFloat(scaleBits);
      scales.set(SHORT, (r * blocks + block) * 2, scaleBits);
      for (int i = from; i < to; i++) {
        int quantum = scale == 0 ? 0 : (int) Math.clamp(Math.rint(row[i] / scale), -LARGEST_BYTE, LARGEST_BYTE);
        data.set(BYTE, r * row.length + i, (byte) quantum);
      }
    }
  }

  /** The BF16 nearest to a / 127, or the next if that is so small that its rounding would let a exceed the largest byte. */
  private static short scale(float largest) {
    short nearest = BFloat16.fromFloat(largest / LARGEST_BYTE);
    return largest > (LARGEST_BYTE + 0.5f) * BFloat16.toFloat(nearest) ? (short) (nearest + 1) : nearest;
  }
}
