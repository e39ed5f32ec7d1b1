package org.terraformer.tornado.kernel;

import org.terraformer.ports.tensor.DType;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** Reads an element of a {@link DeviceMatrix} inside a kernel. */
public final class MatrixElement {
  public static final int F32 = 0;
  public static final int BF16 = 1;
  public static final int Q8 = 2;
  public static final int F16 = 3;

  private static final int EXPONENTS = 256;
  private static final int SIGN = 1 << 15;
  private static final int MANTISSAS = 1 << 7;
  private static final int F16_EXPONENTS = 32;
  private static final int F16_MANTISSAS = 1 << 10;

  private MatrixElement() {}

  public static float at(FloatArray floats, ShortArray halves, ByteArray bytes, int format, int columns, int row, int column) {
    float element;
    if (format == F32) {
      element = floats.get(row * columns + column);
    } else if (format == BF16) {
      element = bfloat16(halves.get(row * columns + column), floats);
    } else if (format == F16) {
      element = float16(halves.get(row * columns + column), floats);
    } else {
      int blocks = (columns + DType.Q8_BLOCK - 1) / DType.Q8_BLOCK;
      element = bytes.get(row * columns + column) * floats.get(row * blocks + column / DType.Q8_BLOCK);
    }
    return element;
  }

  /**
   * The value of a BF16. No device of TornadoVM makes a float of bits, so the exponent's power of two is looked up.
   *
   * @param powers as {@link #powers} gives them
   */
  public static float bfloat16(short half, FloatArray powers) {
    int bits = half;
    float sign = 1;
    if (bits < 0) {
      bits += SIGN;
      sign = -1;
    }
    int exponent = bits / MANTISSAS;
    int mantissa = bits - exponent * MANTISSAS;
    int leading = exponent == 0 ? 0 : MANTISSAS;
    return sign * (leading + mantissa) * powers.get(exponent);
  }

  /**
   * The value of an F16, made as that of a {@link #bfloat16}.
   *
   * @param powers as {@link #powers16} gives them
   */
  public static float float16(short half, FloatArray powers) {
    int bits = half;
    float sign = 1;
    if (bits < 0) {
      bits += SIGN;
      sign = -1;
    }
    int exponent = bits / F16_MANTISSAS;
    int mantissa = bits - exponent * F16_MANTISSAS;
    int leading = exponent == 0 ? 0 : F16_MANTISSAS;
    return sign * (leading + mantissa) * powers.get(exponent);
  }

  /** By biased exponent, the value of the mantissa's last bit: 2^(max(e, 1) - 134); of the largest, which no number has, NaN. */
  public static FloatArray powers() {
    FloatArray powers = new FloatArray(EXPONENTS);
    for (int exponent = 0; exponent < EXPONENTS; exponent++) {
      powers.set(exponent, (float) Math.scalb(1.0, Math.max(exponent, 1) - 134));
    }
    powers.set(EXPONENTS - 1, Float.NaN);
    return powers;
  }

  /** As {@link #powers}, for F16: 2^(max(e, 1) - 25). */
  public static FloatArray powers16() {
    FloatArray powers = new FloatArray(F16_EXPONENTS);
    for (int exponent = 0; exponent < F16_EXPONENTS; exponent++) {
      powers.set(exponent, (float) Math.scalb(1.0, Math.max(exponent, 1) - 25));
    }
    powers.set(F16_EXPONENTS - 1, Float.NaN);
    return powers;
  }
}
