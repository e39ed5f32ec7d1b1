package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.BYTES_OF_LANES;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.INTS;
import static org.terraformer.cpu.vector.Species.LANES;

import java.lang.foreign.Arena;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * BF16 numbers, two at a time out of the 32 bits that they share: the lower one is a float once it is shifted, the upper one once the other is
 * masked out. That takes fewer instructions than to widen each, and leaves the vectors in another order: the lower ones of all lanes, then the
 * upper ones. Here are what {@link AttentionVectors} does with cached keys and values, of whole pairs of vectors, and what {@link Bf16Rows}
 * needs.
 */
final class PairedHalves {
  static final int PAIR = 2 * LANES;
  private static final int STREAMS = 4;
  private static final long SQUARE_BYTES = LANES * BYTES_OF_LANES;
  private static final int UPPER = 0xFFFF0000;
  /** Which of two neighbours lies in the lower bits. */
  private static final int LOWER = ORDER == ByteOrder.LITTLE_ENDIAN ? 0 : 1;
  private static final VectorShuffle<Float> OF_LOWER = VectorShuffle.fromOp(FLOATS, lane -> (2 * lane + LOWER) % LANES);
  private static final VectorShuffle<Float> OF_UPPER = VectorShuffle.fromOp(FLOATS, lane -> (2 * lane + 1 - LOWER) % LANES);
  private static final VectorMask<Float> FROM_SECOND = VectorMask.fromLong(FLOATS, (1L << LANES) - (1L << LANES / 2));
  private static final VectorShuffle<Float> FIRST_DOUBLED = VectorShuffle.fromOp(FLOATS, lane -> lane / 2);
  private static final VectorShuffle<Float> SECOND_DOUBLED = VectorShuffle.fromOp(FLOATS, lane -> (lane + LANES) / 2);
  private static final VectorMask<Float> FROM_UPPER = VectorMask.fromLong(FLOATS, 0xAAAA_AAAA_AAAA_AAAAL >>> LOWER & (1L << LANES) - 1);
  /** The address of a vector that masks the lower halves out: a constant would be made anew wherever it is used. */
  static final long UPPER_HALVES = upperHalves();

  private PairedHalves() {}

  private static long upperHalves() {
    long address = Arena.global().allocate(BYTES_OF_LANES, BYTES_OF_LANES).address();
    IntVector.broadcast(INTS, UPPER).intoMemorySegment(ALL, address, ORDER);
    return address;
  }

  static boolean fits(int size) {
    return size % PAIR == 0;
  }

  /** Bytes for what {@link #scores} needs besides its result. */
  static long spaceBytes(int size) {
    return 4L * size + STREAMS * SQUARE_BYTES;
  }

  /**
   * See {@link AttentionVectors#scores}. A key of each quarter is read beside the others, four long streams; the sums of their lanes are left in
   * memory until there is a square of them for each quarter, as what adds up fewer takes longer than the products.
   *
   * @param space {@link #spaceBytes}
   */
  static void scores(long query, long keys, long chosen, int size, int count, long to, long space) {
    part(query, size, space);
    long sums = space + 4L * size;
    int quarter = count / STREAMS;
    for (int from = 0; from < quarter; from += LANES) {
      int some = Math.min(LANES, quarter - from);
      multiply(space, keys, chosen, size, from, quarter, some, sums);
      for (int stream = 0; stream < STREAMS; stream++) {
        long square = sums + stream * SQUARE_BYTES;
        long target = to + 4L * (from + stream * quarter);
        if (some == LANES) {
          LaneSum.storeSquare(square, target);
        } else {
          LaneSum.storeSquare(square, square);
          Memory.copy(square, target, 4L * some);
        }
      }
    }
    for (int j = STREAMS * quarter; j < count; j++) {
      multiply(space, keys, chosen, size, j, 0, 1, sums);
      LaneSum.storeSome(sums, 1, to + 4L * j);
    }
  }

  /** The products of so many keys of each quarter, before their lanes are summed: a square for each quarter. */
  private static void multiply(long parted, long keys, long chosen, int size, int from, int quarter, int some, long sums) {
    long seen = Memory.inRange(parted);
    long stride = 2L * size;
    for (int j = from; j < from + some; j++) {
      long key0 = Memory.inRange(keys + AttentionVectors.position(chosen, j) * stride);
      long key1 = Memory.inRange(keys + AttentionVectors.position(chosen, j + quarter) * stride);
      long key2 = Memory.inRange(keys + AttentionVectors.position(chosen, j + 2 * quarter) * stride);
      long key3 = Memory.inRange(keys + AttentionVectors.position(chosen, j + 3 * quarter) * stride);
      FloatVector sum0 = FloatVector.zero(FLOATS);
      FloatVector sum1 = FloatVector.zero(FLOATS);
      FloatVector sum2 = FloatVector.zero(FLOATS);
      FloatVector sum3 = FloatVector.zero(FLOATS);
      FloatVector upper0 = FloatVector.zero(FLOATS);
      FloatVector upper1 = FloatVector.zero(FLOATS);
      FloatVector upper2 = FloatVector.zero(FLOATS);
      FloatVector upper3 = FloatVector.zero(FLOATS);
      for (int i = 0; i < size; i = Loops.next(i, PAIR)) {
        FloatVector q = FloatVector.fromMemorySegment(FLOATS, ALL, seen + 4L * i, ORDER);
        FloatVector r = FloatVector.fromMemorySegment(FLOATS, ALL, seen + 4L * i + BYTES_OF_LANES, ORDER);
        IntVector v0 = IntVector.fromMemorySegment(INTS, ALL, key0 + 2L * i, ORDER);
        sum0 = v0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(q, sum0);
        upper0 = v0.lanewise(VectorOperators.AND, UPPER).reinterpretAsFloats().fma(r, upper0);
        IntVector v1 = IntVector.fromMemorySegment(INTS, ALL, key1 + 2L * i, ORDER);
        sum1 = v1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(q, sum1);
        upper1 = v1.lanewise(VectorOperators.AND, UPPER).reinterpretAsFloats().fma(r, upper1);
        IntVector v2 = IntVector.fromMemorySegment(INTS, ALL, key2 + 2L * i, ORDER);
        sum2 = v2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(q, sum2);
        upper2 = v2.lanewise(VectorOperators.AND, UPPER).reinterpretAsFloats().fma(r, upper2);
        IntVector v3 = IntVector.fromMemorySegment(INTS, ALL, key3 + 2L * i, ORDER);
        sum3 = v3.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(q, sum3);
        upper3 = v3.lanewise(VectorOperators.AND, UPPER).reinterpretAsFloats().fma(r, upper3);
      }
      long at = Memory.inRange(sums + (j - from) * BYTES_OF_LANES);
      sum0.add(upper0).intoMemorySegment(ALL, at, ORDER);
      sum1.add(upper1).intoMemorySegment(ALL, at + SQUARE_BYTES, ORDER);
      sum2.add(upper2).intoMemorySegment(ALL, at + 2 * SQUARE_BYTES, ORDER);
      sum3.add(upper3).intoMemorySegment(ALL, at + 3 * SQUARE_BYTES, ORDER);
    }
  }

  /** Lays floats out in the order in which halves are unpacked: of each pair of vectors those that meet lower halves, then the others. */
  static void part(long floats, int size, long to) {
    long source = Memory.inRange(floats);
    long target = Memory.inRange(to);
    for (int i = 0; i < size; i = Loops.next(i, PAIR)) {
      FloatVector a = FloatVector.fromMemorySegment(FLOATS, ALL, source + 4L * i, ORDER);
      FloatVector b = FloatVector.fromMemorySegment(FLOATS, ALL, source + 4L * i + BYTES_OF_LANES, ORDER);
      a.rearrange(OF_LOWER).blend(b.rearrange(OF_LOWER), FROM_SECOND).intoMemorySegment(ALL, target + 4L * i, ORDER);
      a.rearrange(OF_UPPER).blend(b.rearrange(OF_UPPER), FROM_SECOND).intoMemorySegment(ALL, target + 4L * i + BYTES_OF_LANES, ORDER);
    }
  }

  /** See {@link AttentionVectors#weightedSum}. */
  static void weightedSum(long weights, long values, long chosen, int size, int count, long to) {
    int i = 0;
    for (; i + 4 * PAIR <= size; i += 4 * PAIR) {
      FloatVector sum0 = FloatVector.zero(FLOATS);
      FloatVector sum1 = FloatVector.zero(FLOATS);
      FloatVector sum2 = FloatVector.zero(FLOATS);
      FloatVector sum3 = FloatVector.zero(FLOATS);
      FloatVector sum4 = FloatVector.zero(FLOATS);
      FloatVector sum5 = FloatVector.zero(FLOATS);
      FloatVector sum6 = FloatVector.zero(FLOATS);
      FloatVector sum7 = FloatVector.zero(FLOATS);
      long factors = Memory.inRange(weights);
      long column = values + 2L * i;
      for (int j = 0; j < count; j = Loops.next(j, 1)) {
        long value = Memory.inRange(column + 2L * AttentionVectors.position(chosen, j) * size);
        FloatVector weight = FloatVector.broadcast(FLOATS, Memory.getFloat(factors + 4L * j));
        IntVector v0 = IntVector.fromMemorySegment(INTS, ALL, value, ORDER);
        sum0 = v0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(weight, sum0);
        sum1 = v0.lanewise(VectorOperators.AND, UPPER).reinterpretAsFloats().fma(weight, sum1);
        IntVector v1 = IntVector.fromMemorySegment(INTS, ALL, value + BYTES_OF_LANES, ORDER);
        sum2 = v1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(weight, sum2);
        sum3 = v1.lanewise(VectorOperators.AND, UPPER).reinterpretAsFloats().fma(weight, sum3);
        IntVector v2 = IntVector.fromMemorySegment(INTS, ALL, value + 2 * BYTES_OF_LANES, ORDER);
        sum4 = v2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(weight, sum4);
        sum5 = v2.lanewise(VectorOperators.AND, UPPER).reinterpretAsFloats().fma(weight, sum5);
        IntVector v3 = IntVector.fromMemorySegment(INTS, ALL, value + 3 * BYTES_OF_LANES, ORDER);
        sum6 = v3.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(weight, sum6);
        sum7 = v3.lanewise(VectorOperators.AND, UPPER).reinterpretAsFloats().fma(weight, sum7);
      }
      long y = to + 4L * i;
      sum0.intoMemorySegment(ALL, y, ORDER);
      sum1.intoMemorySegment(ALL, y + BYTES_OF_LANES, ORDER);
      sum2.intoMemorySegment(ALL, y + 2 * BYTES_OF_LANES, ORDER);
      sum3.intoMemorySegment(ALL, y + 3 * BYTES_OF_LANES, ORDER);
      sum4.intoMemorySegment(ALL, y + 4 * BYTES_OF_LANES, ORDER);
      sum5.intoMemorySegment(ALL, y + 5 * BYTES_OF_LANES, ORDER);
      sum6.intoMemorySegment(ALL, y + 6 * BYTES_OF_LANES, ORDER);
      sum7.intoMemorySegment(ALL, y + 7 * BYTES_OF_LANES, ORDER);
    }
    for (; i + 2 * PAIR <= size; i += 2 * PAIR) {
      weightedSums(weights, values + 2L * i, chosen, size, count, to + 4L * i);
    }
    for (; i < size; i += PAIR) {
      FloatVector lower = FloatVector.zero(FLOATS);
      FloatVector upper = FloatVector.zero(FLOATS);
      for (int j = 0; j < count; j++) {
        IntVector v = IntVector.fromMemorySegment(INTS, ALL, values + 2L * (AttentionVectors.position(chosen, j) * size + i), ORDER);
        FloatVector weight = FloatVector.broadcast(FLOATS, Memory.getFloat(weights + 4L * j));
        lower = v.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(weight, lower);
        upper = v.lanewise(VectorOperators.AND, UPPER).reinterpretAsFloats().fma(weight, upper);
      }
      lower.intoMemorySegment(ALL, to + 4L * i, ORDER);
      upper.intoMemorySegment(ALL, to + 4L * i + BYTES_OF_LANES, ORDER);
    }
    join(to, size);
  }

  /** Of two pairs of vectors, in two streams: a value of each half of them side by side. */
  private static void weightedSums(long weights, long column, long chosen, int size, int count, long to) {
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = FloatVector.zero(FLOATS);
    FloatVector sum2 = FloatVector.zero(FLOATS);
    FloatVector sum3 = FloatVector.zero(FLOATS);
    FloatVector sum4 = FloatVector.zero(FLOATS);
    FloatVector sum5 = FloatVector.zero(FLOATS);
    FloatVector sum6 = FloatVector.zero(FLOATS);
    FloatVector sum7 = FloatVector.zero(FLOATS);
    int half = count / 2;
    long factors = Memory.inRange(weights);
    long further = Memory.inRange(weights + 4L * half);
    for (int j = 0; j < half; j = Loops.next(j, 1)) {
      long value = Memory.inRange(column + 2L * AttentionVectors.position(chosen, j) * size);
      FloatVector weight = FloatVector.broadcast(FLOATS, Memory.getFloat(factors + 4L * j));
      IntVector v0 = IntVector.fromMemorySegment(INTS, ALL, value, ORDER);
      sum0 = v0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(weight, sum0);
      sum1 = v0.lanewise(VectorOperators.AND, UPPER).reinterpretAsFloats().fma(weight, sum1);
      IntVector v1 = IntVector.fromMemorySegment(INTS, ALL, value + BYTES_OF_LANES, ORDER);
      sum2 = v1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(weight, sum2);
      sum3 = v1.lanewise(VectorOperators.AND, UPPER).reinterpretAsFloats().fma(weight, sum3);
      long next = Memory.inRange(column + 2L * AttentionVectors.position(chosen, j + half) * size);
      FloatVector nextWeight = FloatVector.broadcast(FLOATS, Memory.getFloat(further + 4L * j));
      IntVector v2 = IntVector.fromMemorySegment(INTS, ALL, next, ORDER);
      sum4 = v2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(nextWeight, sum4);
      sum5 = v2.lanewise(VectorOperators.AND, UPPER).reinterpretAsFloats().fma(nextWeight, sum5);
      IntVector v3 = IntVector.fromMemorySegment(INTS, ALL, next + BYTES_OF_LANES, ORDER);
      sum6 = v3.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(nextWeight, sum6);
      sum7 = v3.lanewise(VectorOperators.AND, UPPER).reinterpretAsFloats().fma(nextWeight, sum7);
    }
    if (2 * half < count) {
      long value = Memory.inRange(column + 2L * AttentionVectors.position(chosen, count - 1) * size);
      FloatVector weight = FloatVector.broadcast(FLOATS, Memory.getFloat(weights + 4L * (count - 1)));
      IntVector v0 = IntVector.fromMemorySegment(INTS, ALL, value, ORDER);
      sum0 = v0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(weight, sum0);
      sum1 = v0.lanewise(VectorOperators.AND, UPPER).reinterpretAsFloats().fma(weight, sum1);
      IntVector v1 = IntVector.fromMemorySegment(INTS, ALL, value + BYTES_OF_LANES, ORDER);
      sum2 = v1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(weight, sum2);
      sum3 = v1.lanewise(VectorOperators.AND, UPPER).reinterpretAsFloats().fma(weight, sum3);
    }
    sum0.add(sum4).intoMemorySegment(ALL, to, ORDER);
    sum1.add(sum5).intoMemorySegment(ALL, to + BYTES_OF_LANES, ORDER);
    sum2.add(sum6).intoMemorySegment(ALL, to + 2 * BYTES_OF_LANES, ORDER);
    sum3.add(sum7).intoMemorySegment(ALL, to + 3 * BYTES_OF_LANES, ORDER);
  }

  /** Puts sums back into the order of the columns. */
  private static void join(long sums, int size) {
    for (int i = 0; i < size; i += PAIR) {
      long at = sums + 4L * i;
      FloatVector lower = FloatVector.fromMemorySegment(FLOATS, ALL, at, ORDER);
      FloatVector upper = FloatVector.fromMemorySegment(FLOATS, ALL, at + BYTES_OF_LANES, ORDER);
      lower.rearrange(FIRST_DOUBLED).blend(upper.rearrange(FIRST_DOUBLED), FROM_UPPER).intoMemorySegment(ALL, at, ORDER);
      lower.rearrange(SECOND_DOUBLED).blend(upper.rearrange(SECOND_DOUBLED), FROM_UPPER).intoMemorySegment(ALL, at + BYTES_OF_LANES, ORDER);
    }
  }
}
