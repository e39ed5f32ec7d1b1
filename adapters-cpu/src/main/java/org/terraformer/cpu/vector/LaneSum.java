package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * The sum of a vector's lanes, halves onto halves. {@link FloatVector#reduceLanes} leaves the order of its additions open, and it is another
 * one once the compiler has been there: the same run would give other bits later, and the same seed another text.
 */
final class LaneSum {
  private static final VectorShuffle<Float> BY_8 = rotation(8);
  private static final VectorShuffle<Float> BY_4 = rotation(4);
  private static final VectorShuffle<Float> BY_2 = rotation(2);
  private static final VectorShuffle<Float> BY_1 = rotation(1);

  private LaneSum() {}

  static float of(FloatVector vector) {
    FloatVector sum = vector;
    if (LANES > 8) {
      sum = sum.add(sum.rearrange(BY_8));
    }
    if (LANES > 4) {
      sum = sum.add(sum.rearrange(BY_4));
    }
    if (LANES > 2) {
      sum = sum.add(sum.rearrange(BY_2));
    }
    return sum.add(sum.rearrange(BY_1)).lane(0);
  }

  /**
   * Writes the sums of four vectors to y, a stride in bytes apart. Four calls of {@link #of} would be more than the compiler puts into a
   * caller that has loops of its own, and each call that it leaves out makes an object of the vector.
   */
  static void store(FloatVector a, FloatVector b, FloatVector c, FloatVector d, long y, long stride) {
    FloatVector sumA = a;
    FloatVector sumB = b;
    FloatVector sumC = c;
    FloatVector sumD = d;
    if (LANES > 8) {
      sumA = sumA.add(sumA.rearrange(BY_8));
      sumB = sumB.add(sumB.rearrange(BY_8));
      sumC = sumC.add(sumC.rearrange(BY_8));
      sumD = sumD.add(sumD.rearrange(BY_8));
    }
    if (LANES > 4) {
      sumA = sumA.add(sumA.rearrange(BY_4));
      sumB = sumB.add(sumB.rearrange(BY_4));
      sumC = sumC.add(sumC.rearrange(BY_4));
      sumD = sumD.add(sumD.rearrange(BY_4));
    }
    if (LANES > 2) {
      sumA = sumA.add(sumA.rearrange(BY_2));
      sumB = sumB.add(sumB.rearrange(BY_2));
      sumC = sumC.add(sumC.rearrange(BY_2));
      sumD = sumD.add(sumD.rearrange(BY_2));
    }
    Memory.setFloat(y, sumA.add(sumA.rearrange(BY_1)).lane(0));
    Memory.setFloat(y + stride, sumB.add(sumB.rearrange(BY_1)).lane(0));
    Memory.setFloat(y + 2 * stride, sumC.add(sumC.rearrange(BY_1)).lane(0));
    Memory.setFloat(y + 3 * stride, sumD.add(sumD.rearrange(BY_1)).lane(0));
  }

  private static VectorShuffle<Float> rotation(int lanes) {
    return VectorShuffle.fromOp(FLOATS, lane -> (lane + lanes) % LANES);
  }
}
