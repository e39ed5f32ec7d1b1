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

  static final VectorShuffle<Double> DOUBLES_HALF = rotation(DOUBLES, LANES / 4);
  static final VectorShuffle<Double> DOUBLES_QUARTER = rotation(DOUBLES, LANES / 8);
  static final VectorShuffle<Double> DOUBLES_EIGHTH = rotation(DOUBLES, LANES / 16);
  static final double DOUBLES_SCALE = Math.min(1, LANES / 16.0);

  private static final VectorShuffle<Float> BY_1 = exchange(1);
  private static final VectorShuffle<Float> BY_2 = exchange(2);
  private static final VectorShuffle<Float> BY_4 = exchange(4);
  private static final VectorShuffle<Float> BY_8 = exchange(8);
  private static final VectorMask<Float> ODD = VectorMask.fromLong(FLOATS, 0xAAAA_AAAA_AAAA_AAAAL);
  private static final VectorMask<Float> ODD_PAIRS = VectorMask.fromLong(FLOATS, 0xCCCC_CCCC_CCCC_CCCCL);

  private LaneSum() {}

  /**
   * Writes the sums of four vectors that lie in memory, one after another, to four floats at y: neighbours first, then pairs, and so on. The
   * four share their additions, lanes of one beside lanes of another.
   */
  static void store(long vectors, long y) {
    FloatVector a = FloatVector.fromMemorySegment(FLOATS, ALL, vectors, ORDER);
    FloatVector b = FloatVector.fromMemorySegment(FLOATS, ALL, vectors + BYTES_OF_LANES, ORDER);
    FloatVector c = FloatVector.fromMemorySegment(FLOATS, ALL, vectors + 2 * BYTES_OF_LANES, ORDER);
    FloatVector d = FloatVector.fromMemorySegment(FLOATS, ALL, vectors + 3 * BYTES_OF_LANES, ORDER);
    FloatVector ab = a.blend(b, ODD).add(b.blend(a, ODD).rearrange(BY_1));
    FloatVector cd = c.blend(d, ODD).add(d.blend(c, ODD).rearrange(BY_1));
    FloatVector sums = ab.blend(cd, ODD_PAIRS).add(cd.blend(ab, ODD_PAIRS).rearrange(BY_2));
    if (LANES > 4) {
      sums = sums.add(sums.rearrange(BY_4));
    }
    if (LANES > 8) {
      sums = sums.add(sums.rearrange(BY_8));
    }
    ((FloatVector) sums.reinterpretShape(FloatVector.SPECIES_128, 0)).intoMemorySegment(ALL, y, ORDER);
  }

  /** As {@link #store}, of fewer than four vectors, with the same additions. */
  static void storeSome(long vectors, int count, long y) {
    for (int i = 0; i < count; i++) {
      FloatVector sum = FloatVector.fromMemorySegment(FLOATS, ALL, vectors + i * BYTES_OF_LANES, ORDER);
      sum = sum.add(sum.rearrange(BY_1));
      sum = sum.add(sum.rearrange(BY_2));
      if (LANES > 4) {
        sum = sum.add(sum.rearrange(BY_4));
      }
      if (LANES > 8) {
        sum = sum.add(sum.rearrange(BY_8));
      }
      Memory.setFloat(y + 4L * i, sum.lane(0));
    }
  }

  private static VectorShuffle<Float> exchange(int lanes) {
    return VectorShuffle.fromOp(FLOATS, lane -> (lane ^ lanes) % LANES);
  }

  private static <E> VectorShuffle<E> rotation(VectorSpecies<E> species, int lanes) {
    return VectorShuffle.fromOp(species, lane -> (lane + lanes) % species.length());
  }
}
