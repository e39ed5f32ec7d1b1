package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.LaneSum.EIGHTH;
import static org.terraformer.cpu.vector.LaneSum.HALF;
import static org.terraformer.cpu.vector.LaneSum.QUARTER;
import static org.terraformer.cpu.vector.LaneSum.SCALE;
import static org.terraformer.cpu.vector.LaneSum.SIXTEENTH;
import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The exponential function of many floats at most 0, by the rule {@code e^x = 2^n e^r} with n whole and |r| at most half of ln 2, and a Taylor
 * polynomial of e^r; the relative error is below 2e-7. What is below e^-87 becomes that.
 */
final class Exponential {
  static final float LEAST = -87f;
  static final float LOG2_E = 1.44269504f;
  /** Added to a float of a small whole part, it leaves that part, rounded, in the last bits. */
  static final float ROUNDER = 12582912f;
  static final float LN2_HIGH = 0.693359375f;
  static final float LN2_LOW = -2.12194440e-4f;
  static final int MANTISSA_BITS = 23;

  private Exponential() {}

  /**
   * Replaces each of the floats by the exponential of its difference from the largest of them. Floats behind them, up to a whole
   * vector, become anything.
   *
   * @return the sum of the exponentials
   */
  static float ofDifferences(long floats, int count, float largest) {
    long x = Memory.inRange(floats);
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER).sub(largest);
      // The larger of two floats, as Java defines it, would take three times the instructions.
      v = v.blend(LEAST, v.compare(VectorOperators.LT, LEAST));
      FloatVector shifted = v.fma(FloatVector.broadcast(FLOATS, LOG2_E), FloatVector.broadcast(FLOATS, ROUNDER));
      FloatVector n = shifted.sub(ROUNDER);
      FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -LN2_HIGH), v);
      r = n.fma(FloatVector.broadcast(FLOATS, -LN2_LOW), r);
      FloatVector p = FloatVector.broadcast(FLOATS, 1f / 5040);
      p = p.fma(r, FloatVector.broadcast(FLOATS, 1f / 720));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 1f / 120));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 1f / 24));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 1f / 6));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 0.5f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 1f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 1f));
      FloatVector e = p.reinterpretAsInts().add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS))
          .reinterpretAsFloats();
      e.intoMemorySegment(ALL, x + 4L * i, ORDER);
      if (i + LANES <= count) {
        sum = e.add(sum);
      }
    }
    sum = sum.add(sum.rearrange(HALF));
    sum = sum.add(sum.rearrange(QUARTER));
    sum = sum.add(sum.rearrange(EIGHTH));
    sum = sum.add(sum.rearrange(SIXTEENTH));
    float total = sum.lane(0) * SCALE;
    for (int i = count - count % LANES; i < count; i++) {
      total += Memory.getFloat(x + 4L * i);
    }
    return total;
  }
}
