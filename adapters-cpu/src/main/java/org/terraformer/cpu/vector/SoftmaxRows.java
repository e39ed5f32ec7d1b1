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

/** Rows of exponentials and of the gradients of the weights that softmax makes of them, in whole vectors. */
final class SoftmaxRows {
  private SoftmaxRows() {}

  /** The sum of the products. */
  static float dot(long exponentials, long gradients, int count) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int i = 0; i < count; i += LANES) {
      FloatVector e = FloatVector.fromMemorySegment(FLOATS, ALL, exponentials + 4L * i, ORDER);
      sum = e.fma(FloatVector.fromMemorySegment(FLOATS, ALL, gradients + 4L * i, ORDER), sum);
    }
    sum = sum.add(sum.rearrange(HALF));
    sum = sum.add(sum.rearrange(QUARTER));
    sum = sum.add(sum.rearrange(EIGHTH));
    sum = sum.add(sum.rearrange(SIXTEENTH));
    return sum.lane(0) * SCALE;
  }

  /** Makes weights {@code p = factor e} of exponentials, and of the gradients g of weights those of scores, {@code p (g - mean)}. */
  static void gradient(long exponentials, float factor, long gradients, float mean, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector p = FloatVector.fromMemorySegment(FLOATS, ALL, exponentials + 4L * i, ORDER).mul(factor);
      p.intoMemorySegment(ALL, exponentials + 4L * i, ORDER);
      FloatVector.fromMemorySegment(FLOATS, ALL, gradients + 4L * i, ORDER).sub(mean).mul(p).intoMemorySegment(ALL, gradients + 4L * i, ORDER);
    }
  }
}
