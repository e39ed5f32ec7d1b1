package org.terraformer.tornado.kernel;

import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** Reads and writes an element of a {@link DeviceCache} inside a kernel. */
public final class CacheElement {
  private static final int MANTISSAS = 1 << 7;
  private static final int SIGN = 1 << 15;
  private static final int LARGEST_EXPONENT = 254;
  /** Below it the value of a mantissa's last bit is no normal number, which some devices take for zero. */
  private static final float SMALLEST = 0x1p-118f;

  private CacheElement() {}

  public static float at(FloatArray floats, ShortArray halves, int format, int index) {
    float element;
    if (format == MatrixElement.F32) {
      element = floats.get(index);
    } else {
      element = MatrixElement.bfloat16(halves.get(index), floats);
    }
    return element;
  }

  public static void set(FloatArray floats, ShortArray halves, int format, int index, float value) {
    if (format == MatrixElement.F32) {
      floats.set(index, value);
    } else {
      halves.set(index, (short) bits(value, floats));
    }
  }

  /**
   * A number rounded to BF16, ties to even; below 2^-118 it becomes 0. No device of TornadoVM gives the bits of a float, so its exponent is
   * searched among the powers of two.
   *
   * @param powers as {@link MatrixElement#powers} gives them
   */
  private static int bits(float value, FloatArray powers) {
    float magnitude = TornadoMath.abs(value);
    int bits = (LARGEST_EXPONENT + 1) * MANTISSAS;
    if (magnitude < SMALLEST) {
      bits = 0;
    } else if (magnitude <= Float.MAX_VALUE) {
      int exponent = 0;
      for (int step = MANTISSAS; step > 0; step /= 2) {
        int next = exponent + step;
        if (next <= LARGEST_EXPONENT) {
          if (magnitude >= MANTISSAS * powers.get(next)) {
            exponent = next;
          }
        }
      }
      float scaled = magnitude / powers.get(exponent);
      int mantissa = (int) scaled;
      float rest = scaled - mantissa;
      if (rest > 0.5f) {
        mantissa++;
      } else if (rest == 0.5f) {
        mantissa += mantissa % 2;
      }
      bits = exponent * MANTISSAS + mantissa - MANTISSAS;
    }
    return value < 0 ? bits - SIGN : bits;
  }
}
