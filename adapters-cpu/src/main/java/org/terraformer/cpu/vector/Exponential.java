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
 * The exponential function of many floats at most 0, by the rule {@code e^x = 2^n e^r} with n whole and |r| at most half of ln 2, and for e^r the
 * polynomial {@code 1 + r + c2 r^2 + .. + c6 r^6} whose largest relative error there is the least; that of the result is below 2e-7. It is
 * evaluated by G. Estrin's scheme (1960), in pairs that do not wait for each other. What is below e^-87 becomes that.
 */
final class Exponential {
  static final float LEAST = -87f;
  static final float LOG2_E = 1.44269504f;
  /** Added to a float of a small whole part, it leaves that part, rounded, in the last bits. */
  static final float ROUNDER = 12582912f;
  static final float LN2_HIGH = 0.693359375f;
  static final float LN2_LOW = -2.12194440e-4f;
  static final int MANTISSA_BITS = 23;
  private static final float C2 = 0.49999994f;
  private static final float C3 = 0.1666652f;
  private static final float C4 = 0.041668393f;
  private static final float C5 = 0.008368781f;
  private static final float C6 = 0.0013814467f;

  private Exponential() {}

  /**
   * Writes the exponential of the difference of each of the floats from the largest of them, perhaps where it was. Floats behind those that are
   * written, up to a whole vector, become anything.
   *
   * @return the sum of the exponentials
   */
  static float ofDifferences(long from, long to, int count, float largest) {
    boolean apart = count % LANES == 0;
    if (!apart && from != to) {
      Floats.copy(from, to, count);
    }
    long x = Memory.inRange(apart ? from : to);
    long y = Memory.inRange(to);
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER).sub(largest);
      // The larger of two floats, as Java defines it, would take three times the instructions.
      v = v.blend(LEAST, v.compare(VectorOperators.LT, LEAST));
      FloatVector shifted = v.fma(FloatVector.broadcast(FLOATS, LOG2_E), FloatVector.broadcast(FLOATS, ROUNDER));
      FloatVector n = shifted.sub(ROUNDER);
      FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -LN2_HIGH), v);
      r = n.fma(FloatVector.broadcast(FLOATS, -LN2_LOW), r);
      FloatVector square = r.mul(r);
      FloatVector last = square.fma(FloatVector.broadcast(FLOATS, C6),
          r.fma(FloatVector.broadcast(FLOATS, C5), FloatVector.broadcast(FLOATS, C4)));
      FloatVector middle = r.fma(FloatVector.broadcast(FLOATS, C3), FloatVector.broadcast(FLOATS, C2));
      FloatVector p = last.fma(square, middle).fma(square, r.add(1));
      FloatVector e = p.reinterpretAsInts().add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS))
          .reinterpretAsFloats();
      e.intoMemorySegment(ALL, y + 4L * i, ORDER);
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
      total += Memory.getFloat(y + 4L * i);
    }
    return total;
  }
}
