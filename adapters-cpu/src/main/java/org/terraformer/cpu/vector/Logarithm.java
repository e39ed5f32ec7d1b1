package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The natural logarithm of many positive floats, by the rule {@code log(2^n m) = n ln 2 + 2 artanh((m - 1) / (m + 1))} with m between the roots
 * of 1/2 and 2, and the series of the inverse hyperbolic tangent; the relative error is below 3e-7. Zero counts as the smallest normal float.
 */
final class Logarithm {
  private static final int MANTISSA_BITS = 23;
  /** The bits of the root of 1/2: what lies at or above it, up to the root of 2, has n = 0. */
  private static final int ROOT_OF_HALF = 0x3f3504f3;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;

  private Logarithm() {}

  /** y = -log x. */
  static void negated(long x, long y, long count) {
    long i = 0;
    for (; i + LANES <= count; i += LANES) {
      IntVector bits = FloatVector.fromMemorySegment(FLOATS, ALL, x + 4 * i, ORDER).max(Float.MIN_NORMAL).reinterpretAsInts();
      IntVector n = bits.sub(ROOT_OF_HALF).lanewise(VectorOperators.ASHR, MANTISSA_BITS);
      FloatVector f = bits.sub(n.lanewise(VectorOperators.LSHL, MANTISSA_BITS)).reinterpretAsFloats().sub(1);
      FloatVector s = f.div(f.add(2));
      FloatVector z = s.mul(s);
      FloatVector p = FloatVector.broadcast(FLOATS, 2f / 9);
      p = p.fma(z, FloatVector.broadcast(FLOATS, 2f / 7));
      p = p.fma(z, FloatVector.broadcast(FLOATS, 2f / 5));
      p = p.fma(z, FloatVector.broadcast(FLOATS, 2f / 3));
      p = p.fma(z, FloatVector.broadcast(FLOATS, 2f));
      FloatVector power = (FloatVector) n.convertShape(VectorOperators.I2F, FLOATS, 0);
      FloatVector low = s.mul(p).add(power.mul(LN2_LOW));
      power.fma(FloatVector.broadcast(FLOATS, LN2_HIGH), low).neg().intoMemorySegment(ALL, y + 4 * i, ORDER);
    }
    for (; i < count; i++) {
      Memory.setFloat(y + 4 * i, (float) -Math.log(Math.max(Float.MIN_NORMAL, Memory.getFloat(x + 4 * i))));
    }
  }
}
