package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Sums of a vector's lanes in a fixed order, halves onto halves: {@code v = v.add(v.rearrange(HALF))}, then the same with the
 * {@link #QUARTER}, the {@link #EIGHTH} and the {@link #SIXTEENTH}; the sum is {@code v.lane(0) * SCALE}.
 *
 * <p>{@link FloatVector#reduceLanes} leaves the order of its additions open, and it is another one once the compiler has been there: the same
 * run would give other bits later, and the same seed another text. The additions stand in the loops' own methods, since a method that takes
 * a vector makes an object of it wherever the compiler does not put it into its caller.
 */
final class LaneSum {
  static final VectorShuffle<Float> HALF = rotation(LANES / 2);
  static final VectorShuffle<Float> QUARTER = rotation(LANES / 4);
  static final VectorShuffle<Float> EIGHTH = rotation(LANES / 8);
  static final VectorShuffle<Float> SIXTEENTH = rotation(LANES / 16);
  /** With fewer than 16 lanes the last rotations turn nothing, and double. */
  static final float SCALE = Math.min(1, LANES / 16f);

  private LaneSum() {}

  private static VectorShuffle<Float> rotation(int lanes) {
    return VectorShuffle.fromOp(FLOATS, lane -> (lane + lanes) % LANES);
  }
}
