package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.BYTES_OF_LANES;
import static org.terraformer.cpu.vector.Species.DOUBLES;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums of a vector's lanes in a fixed order, halves onto halves: {@code v = v.add(v.rearrange(HALF))}, then the same with the
 * {@link #QUARTER}, the {@link #EIGHTH} and the {@link #SIXTEENTH}; the sum is {@code v.lane(0) * SCALE}.
 *
 * <p>{@link FloatVector#reduceLanes} leaves the order of its additions open, and it is another one once the compiler has been there: the same
 * run would give other bits later, and the same seed another text. The additions stand in the loops' own methods, or the vectors go through
 * memory to a method of this class, since a method that takes a vector makes an object of it wherever the compiler does not put it into its
 * caller.
 */
final class LaneSum {
  static final VectorShuffle<Float> HALF = rotation(FLOATS, LANES / 2);
  static final VectorShuffle<Float> QUARTER = rotation(FLOATS, LANES / 4);
  static final VectorShuffle<Float> EIGHTH = rotation(FLOATS, LANES / 8);
  static final VectorShuffle<Float> SIXTEENTH = rotation(FLOATS, LANES / 16);
  /** With fewer than 16 lanes the last rotations turn nothing, and double. */
  static final float SCALE = Math.min(1, LANES / 16f);
  /** The same where the last rotation is left out for up to eight lanes. */
  static final float SCALE_OF_EIGHTHS = Math.min(1, LANES / 8f);

  static final VectorShuffle<Double> DOUBLES_HALF = rotation(DOUBLES, LANES / 4);
  static final VectorShuffle<Double> DOUBLES_QUARTER = rotation(DOUBLES, LANES / 8);
  static final VectorShuffle<Double> DOUBLES_EIGHTH = rotation(DOUBLES, LANES / 16);
  static final double DOUBLES_SCALE = Math.min(1, LANES / 16.0);

  private static final VectorShuffle<Float> BY_QUARTER = exchange(LANES / 4);
  private static final VectorShuffle<Float> BY_EIGHTH = exchange(LANES / 8);
  private static final VectorShuffle<Float> BY_SIXTEENTH = exchange(LANES / 16);
  private static final VectorShuffle<Float> FIRST_OF_QUARTERS = VectorShuffle.fromOp(FLOATS, lane -> (lane % 2 * 2 + lane % 4 / 2) * LANES / 4);
  private static final VectorMask<Float> UPPER_HALF = lanesWith(LANES / 2);
  private static final VectorMask<Float> UPPER_QUARTERS = lanesWith(LANES / 4);
  private static final VectorMask<Float> UPPER_EIGHTHS = lanesWith(LANES / 8);
  private static final VectorMask<Float> UPPER_SIXTEENTHS = lanesWith(LANES / 16);

  private LaneSum() {}

  /**
   * Writes the sums of four vectors that lie in memory, one after another, to four floats from y on, {@code next} bytes from one to the next; the
   * vectors are overwritten. The four share their additions, lanes of one beside lanes of another; each sum has the bits that it would have by
   * itself.
   */
  static void store(long vectors, long y, long next) {
    storePairs(vectors, y, 2 * next, next);
  }

  /** As {@link #store}, to two floats from y on and two from y + stride on. */
  static void storePairs(long vectors, long y, long stride, long next) {
    FloatVector a = FloatVector.fromMemorySegment(FLOATS, ALL, vectors, ORDER);
    FloatVector b = FloatVector.fromMemorySegment(FLOATS, ALL, vectors + BYTES_OF_LANES, ORDER);
    FloatVector c = FloatVector.fromMemorySegment(FLOATS, ALL, vectors + 2 * BYTES_OF_LANES, ORDER);
    FloatVector d = FloatVector.fromMemorySegment(FLOATS, ALL, vectors + 3 * BYTES_OF_LANES, ORDER);
    FloatVector ab = a.blend(b, UPPER_HALF).add(b.blend(a, UPPER_HALF).rearrange(HALF));
    FloatVector cd = c.blend(d, UPPER_HALF).add(d.blend(c, UPPER_HALF).rearrange(HALF));
    FloatVector sums = ab.blend(cd, UPPER_QUARTERS).add(cd.blend(ab, UPPER_QUARTERS).rearrange(BY_QUARTER));
    if (LANES > 4) {
      sums = sums.add(sums.rearrange(BY_EIGHTH));
    }
    if (LANES > 8) {
      sums = sums.add(sums.rearrange(BY_SIXTEENTH));
    }
    // Through memory, since a vector of another shape is made by way of an object wherever the compiler does not see the shapes.
    sums.rearrange(FIRST_OF_QUARTERS).intoMemorySegment(ALL, vectors, ORDER);
    Memory.setFloat(y, Memory.getFloat(vectors));
    Memory.setFloat(y + next, Memory.getFloat(vectors + 4));
    Memory.setFloat(y + stride, Memory.getFloat(vectors + 8));
    Memory.setFloat(y + stride + next, Memory.getFloat(vectors + 12));
  }

  /**
   * Writes the sums of as many vectors as a vector has lanes, which lie in memory, one after another, to floats at y; the vectors are overwritten.
   * By turns a method sums eight vectors and then pairs: more at a time would be more than the compiler keeps in registers, objects and all.
   */
  static void storeSquare(long vectors, long y) {
    if (LANES == 4) {
      store(vectors, y, 4);
    } else if (LANES == 8) {
      sumEight(vectors, BYTES_OF_LANES, y);
    } else {
      sumEight(vectors, 2 * BYTES_OF_LANES, vectors);
      sumEight(vectors + BYTES_OF_LANES, 2 * BYTES_OF_LANES, vectors + BYTES_OF_LANES);
      FloatVector even = FloatVector.fromMemorySegment(FLOATS, ALL, vectors, ORDER);
      FloatVector odd = FloatVector.fromMemorySegment(FLOATS, ALL, vectors + BYTES_OF_LANES, ORDER);
      even.blend(odd, UPPER_SIXTEENTHS).add(odd.blend(even, UPPER_SIXTEENTHS).rearrange(BY_SIXTEENTH)).intoMemorySegment(ALL, y, ORDER);
    }
  }

  /** Of eight vectors, so many bytes from one to the next, the sums of each in the lanes of its number; with 16 lanes in two that are to be added. */
  private static void sumEight(long vectors, long next, long to) {
    long at = Memory.inRange(vectors);
    FloatVector a = FloatVector.fromMemorySegment(FLOATS, ALL, at, ORDER);
    FloatVector b = FloatVector.fromMemorySegment(FLOATS, ALL, at + 4 * next, ORDER);
    FloatVector ab = a.blend(b, UPPER_HALF).add(b.blend(a, UPPER_HALF).rearrange(HALF));
    FloatVector c = FloatVector.fromMemorySegment(FLOATS, ALL, at + 2 * next, ORDER);
    FloatVector d = FloatVector.fromMemorySegment(FLOATS, ALL, at + 6 * next, ORDER);
    FloatVector cd = c.blend(d, UPPER_HALF).add(d.blend(c, UPPER_HALF).rearrange(HALF));
    FloatVector even = ab.blend(cd, UPPER_QUARTERS).add(cd.blend(ab, UPPER_QUARTERS).rearrange(BY_QUARTER));
    a = FloatVector.fromMemorySegment(FLOATS, ALL, at + next, ORDER);
    b = FloatVector.fromMemorySegment(FLOATS, ALL, at + 5 * next, ORDER);
    ab = a.blend(b, UPPER_HALF).add(b.blend(a, UPPER_HALF).rearrange(HALF));
    c = FloatVector.fromMemorySegment(FLOATS, ALL, at + 3 * next, ORDER);
    d = FloatVector.fromMemorySegment(FLOATS, ALL, at + 7 * next, ORDER);
    cd = c.blend(d, UPPER_HALF).add(d.blend(c, UPPER_HALF).rearrange(HALF));
    FloatVector odd = ab.blend(cd, UPPER_QUARTERS).add(cd.blend(ab, UPPER_QUARTERS).rearrange(BY_QUARTER));
    even.blend(odd, UPPER_EIGHTHS).add(odd.blend(even, UPPER_EIGHTHS).rearrange(BY_EIGHTH)).intoMemorySegment(ALL, to, ORDER);
  }

  /** As {@link #store}, of fewer than four vectors. */
  static void storeSome(long vectors, int count, long y) {
    for (int i = 0; i < count; i++) {
      FloatVector sum = FloatVector.fromMemorySegment(FLOATS, ALL, vectors + i * BYTES_OF_LANES, ORDER);
      sum = sum.add(sum.rearrange(HALF));
      sum = sum.add(sum.rearrange(QUARTER));
      sum = sum.add(sum.rearrange(EIGHTH));
      sum = sum.add(sum.rearrange(SIXTEENTH));
      Memory.setFloat(y + 4L * i, sum.lane(0) * SCALE);
    }
  }

  private static VectorShuffle<Float> exchange(int lanes) {
    return VectorShuffle.fromOp(FLOATS, lane -> lane ^ lanes);
  }

  private static VectorMask<Float> lanesWith(int bit) {
    long lanes = 0;
    for (int lane = 0; lane < LANES; lane++) {
      lanes |= (lane & bit) == 0 ? 0 : 1L << lane;
    }
    return VectorMask.fromLong(FLOATS, lanes);
  }

  private static <E> VectorShuffle<E> rotation(VectorSpecies<E> species, int lanes) {
    return VectorShuffle.fromOp(species, lane -> (lane + lanes) % species.length());
  }
}
