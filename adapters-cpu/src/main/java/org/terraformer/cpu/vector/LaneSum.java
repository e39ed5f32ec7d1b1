package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.BYTES_OF_LANES;
import static org.terraformer.cpu.vector.Species.DOUBLES;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The sum of a vector's lanes: of neighbours, then of neighbouring pairs, and so on. {@link FloatVector#reduceLanes} leaves the order of its
 * additions open, and it is another one once the compiler has been there: the same run would give other bits later, and the same seed
 * another text.
 */
final class LaneSum {
  private static final VectorShuffle<Float> BY_1 = exchange(FLOATS, 1);
  private static final VectorShuffle<Float> BY_2 = exchange(FLOATS, 2);
  private static final VectorShuffle<Float> BY_4 = exchange(FLOATS, 4);
  private static final VectorShuffle<Float> BY_8 = exchange(FLOATS, 8);
  private static final VectorShuffle<Double> DOUBLES_BY_1 = exchange(DOUBLES, 1);
  private static final VectorShuffle<Double> DOUBLES_BY_2 = exchange(DOUBLES, 2);
  private static final VectorShuffle<Double> DOUBLES_BY_4 = exchange(DOUBLES, 4);
  private static final VectorMask<Float> ODD = VectorMask.fromLong(FLOATS, 0xAAAA_AAAA_AAAA_AAAAL);
  private static final VectorMask<Float> ODD_PAIRS = VectorMask.fromLong(FLOATS, 0xCCCC_CCCC_CCCC_CCCCL);

  private LaneSum() {}

  static float of(FloatVector vector) {
    FloatVector sum = vector.add(vector.rearrange(BY_1));
    sum = sum.add(sum.rearrange(BY_2));
    if (LANES > 4) {
      sum = sum.add(sum.rearrange(BY_4));
    }
    if (LANES > 8) {
      sum = sum.add(sum.rearrange(BY_8));
    }
    return sum.lane(0);
  }

  static double of(DoubleVector vector) {
    DoubleVector sum = vector.add(vector.rearrange(DOUBLES_BY_1));
    if (LANES > 4) {
      sum = sum.add(sum.rearrange(DOUBLES_BY_2));
    }
    if (LANES > 8) {
      sum = sum.add(sum.rearrange(DOUBLES_BY_4));
    }
    return sum.lane(0);
  }

  /**
   * Writes the sums of four vectors, each as {@link #of} gives it, to four floats at y. The four share their additions, lanes of one beside
   * lanes of another; and four calls would be more than the compiler puts into a caller that has loops of its own, and each call that it
   * leaves out makes an object of the vector.
   */
  static void store(FloatVector a, FloatVector b, FloatVector c, FloatVector d, long y) {
    ((FloatVector) together(a, b, c, d).reinterpretShape(FloatVector.SPECIES_128, 0)).intoMemorySegment(ALL, y, ORDER);
  }

  /** As {@link #store(FloatVector, FloatVector, FloatVector, FloatVector, long)}, of four vectors that lie in memory, one after another. */
  static void store(long vectors, long y) {
    store(FloatVector.fromMemorySegment(FLOATS, ALL, vectors, ORDER),
        FloatVector.fromMemorySegment(FLOATS, ALL, vectors + BYTES_OF_LANES, ORDER),
        FloatVector.fromMemorySegment(FLOATS, ALL, vectors + 2 * BYTES_OF_LANES, ORDER),
        FloatVector.fromMemorySegment(FLOATS, ALL, vectors + 3 * BYTES_OF_LANES, ORDER), y);
  }

  /** The sums of fewer than four vectors that lie in memory, one after another. */
  static void storeSome(long vectors, int count, long y) {
    for (int i = 0; i < count; i++) {
      Memory.setFloat(y + 4L * i, of(FloatVector.fromMemorySegment(FLOATS, ALL, vectors + i * BYTES_OF_LANES, ORDER)));
    }
  }

  /** As {@link #store(FloatVector, FloatVector, FloatVector, FloatVector, long)}, the floats a stride in bytes apart. */
  static void store(FloatVector a, FloatVector b, FloatVector c, FloatVector d, long y, long stride) {
    FloatVector sums = together(a, b, c, d);
    Memory.setFloat(y, sums.lane(0));
    Memory.setFloat(y + stride, sums.lane(1));
    Memory.setFloat(y + 2 * stride, sums.lane(2));
    Memory.setFloat(y + 3 * stride, sums.lane(3));
  }

  private static FloatVector together(FloatVector a, FloatVector b, FloatVector c, FloatVector d) {
    FloatVector ab = a.blend(b, ODD).add(b.blend(a, ODD).rearrange(BY_1));
    FloatVector cd = c.blend(d, ODD).add(d.blend(c, ODD).rearrange(BY_1));
    FloatVector sums = ab.blend(cd, ODD_PAIRS).add(cd.blend(ab, ODD_PAIRS).rearrange(BY_2));
    if (LANES > 4) {
      sums = sums.add(sums.rearrange(BY_4));
    }
    if (LANES > 8) {
      sums = sums.add(sums.rearrange(BY_8));
    }
    return sums;
  }

  private static <E> VectorShuffle<E> exchange(VectorSpecies<E> species, int lanes) {
    return VectorShuffle.fromOp(species, lane -> (lane ^ lanes) % species.length());
  }
}
