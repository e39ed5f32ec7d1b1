package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.LaneSum.EIGHTH;
import static org.terraformer.cpu.vector.LaneSum.HALF;
import static org.terraformer.cpu.vector.LaneSum.QUARTER;
import static org.terraformer.cpu.vector.LaneSum.SCALE;
import static org.terraformer.cpu.vector.LaneSum.SIXTEENTH;
import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.BYTES_OF_LANES;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.INTS;
import static org.terraformer.cpu.vector.Species.LANES;
import static org.terraformer.cpu.vector.Species.SHORTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** Products with and sums of the cached keys and values of one head, F32 or BF16 (halves), at the first or at chosen positions. */
final class AttentionVectors {
  /** In place of the address of chosen positions: the first ones, one after another. */
  private static final long FIRST = 0;

  private AttentionVectors() {}

  /** Bytes for the scores of so many keys, and for what is needed besides to compute them. Whole vectors are written. */
  static long scoreBytes(int count, int size) {
    return spaceOffset(count) + PairedHalves.spaceBytes(size);
  }

  /** Behind the scores and what fills their last vector: where these begin with a cache line, so does what follows. */
  private static long spaceOffset(int count) {
    return (count / LANES + 1) * BYTES_OF_LANES;
  }

  /** For each of the first keys its product with a query, scaled. */
  static void scores(boolean halves, long query, float scale, long keys, int size, int count, long to) {
    scores(halves, query, scale, keys, FIRST, size, count, to);
  }

  /**
   * For each chosen key its product with a query, scaled. Keys are read where they lie.
   *
   * @param keys the address of the key at position 0
   * @param chosen the address of the keys' positions, I32
   * @param to {@link #scoreBytes}
   */
  static void scores(boolean halves, long query, float scale, long keys, long chosen, int size, int count, long to) {
    if (halves && PairedHalves.fits(size)) {
      PairedHalves.scores(query, keys, chosen, size, count, to, to + spaceOffset(count));
      Floats.multiply(scale, to, to, count);
    } else if (halves) {
      scoresBf16(query, scale, keys, chosen, size, count, to);
    } else {
      scoresF32(query, scale, keys, chosen, size, count, to);
    }
  }

  /** The sum of the first values, each multiplied by its weight. */
  static void weightedSum(boolean halves, long weights, long values, int size, int count, long to) {
    weightedSum(halves, weights, values, FIRST, size, count, to);
  }

  /** The sum of the chosen values, each multiplied by its weight. */
  static void weightedSum(boolean halves, long weights, long values, long chosen, int size, int count, long to) {
    if (halves && PairedHalves.fits(size)) {
      PairedHalves.weightedSum(weights, values, chosen, size, count, to);
    } else if (halves) {
      weightedSumBf16(weights, values, chosen, size, count, to);
    } else {
      weightedSumF32(weights, values, chosen, size, count, to);
    }
  }

  static long position(long chosen, int j) {
    return chosen == FIRST ? j : Memory.getInt(chosen + 4L * j);
  }

  private static void scoresF32(long query, float scale, long keys, long chosen, int size, int count, long to) {
    int whole = size - size % LANES;
    long seen = Memory.inRange(query);
    long stride = 4L * size;
    // A key of each quarter, four long streams: of four neighbours each would be a stream that the processor has to find anew.
    int quarter = count / 4;
    for (int j = 0; j < quarter; j++) {
      long key0 = Memory.inRange(keys + position(chosen, j) * stride);
      long key1 = Memory.inRange(keys + position(chosen, j + quarter) * stride);
      long key2 = Memory.inRange(keys + position(chosen, j + 2 * quarter) * stride);
      long key3 = Memory.inRange(keys + position(chosen, j + 3 * quarter) * stride);
      FloatVector sum0 = FloatVector.zero(FLOATS);
      FloatVector sum1 = FloatVector.zero(FLOATS);
      FloatVector sum2 = FloatVector.zero(FLOATS);
      FloatVector sum3 = FloatVector.zero(FLOATS);
      for (int i = 0; i < whole; i = Loops.next(i, LANES)) {
        FloatVector q = FloatVector.fromMemorySegment(FLOATS, ALL, seen + 4L * i, ORDER);
        FloatVector v0 = FloatVector.fromMemorySegment(FLOATS, ALL, key0 + 4L * i, ORDER);
        sum0 = q.fma(v0, sum0);
        FloatVector v1 = FloatVector.fromMemorySegment(FLOATS, ALL, key1 + 4L * i, ORDER);
        sum1 = q.fma(v1, sum1);
        FloatVector v2 = FloatVector.fromMemorySegment(FLOATS, ALL, key2 + 4L * i, ORDER);
        sum2 = q.fma(v2, sum2);
        FloatVector v3 = FloatVector.fromMemorySegment(FLOATS, ALL, key3 + 4L * i, ORDER);
        sum3 = q.fma(v3, sum3);
      }
      sum0 = sum0.add(sum0.rearrange(HALF));
      sum0 = sum0.add(sum0.rearrange(QUARTER));
      sum0 = sum0.add(sum0.rearrange(EIGHTH));
      sum0 = sum0.add(sum0.rearrange(SIXTEENTH));
      sum1 = sum1.add(sum1.rearrange(HALF));
      sum1 = sum1.add(sum1.rearrange(QUARTER));
      sum1 = sum1.add(sum1.rearrange(EIGHTH));
      sum1 = sum1.add(sum1.rearrange(SIXTEENTH));
      sum2 = sum2.add(sum2.rearrange(HALF));
      sum2 = sum2.add(sum2.rearrange(QUARTER));
      sum2 = sum2.add(sum2.rearrange(EIGHTH));
      sum2 = sum2.add(sum2.rearrange(SIXTEENTH));
      sum3 = sum3.add(sum3.rearrange(HALF));
      sum3 = sum3.add(sum3.rearrange(QUARTER));
      sum3 = sum3.add(sum3.rearrange(EIGHTH));
      sum3 = sum3.add(sum3.rearrange(SIXTEENTH));
      Memory.setFloat(to + 4L * j, sum0.lane(0) * SCALE);
      Memory.setFloat(to + 4L * (j + quarter), sum1.lane(0) * SCALE);
      Memory.setFloat(to + 4L * (j + 2 * quarter), sum2.lane(0) * SCALE);
      Memory.setFloat(to + 4L * (j + 3 * quarter), sum3.lane(0) * SCALE);
    }
    for (int j = 4 * quarter; j < count; j++) {
      long key = Memory.inRange(keys + position(chosen, j) * stride);
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = 0; i < whole; i = Loops.next(i, LANES)) {
        FloatVector v = FloatVector.fromMemorySegment(FLOATS, ALL, key + 4L * i, ORDER);
        sum = v.fma(FloatVector.fromMemorySegment(FLOATS, ALL, seen + 4L * i, ORDER), sum);
      }
      sum = sum.add(sum.rearrange(HALF));
      sum = sum.add(sum.rearrange(QUARTER));
      sum = sum.add(sum.rearrange(EIGHTH));
      sum = sum.add(sum.rearrange(SIXTEENTH));
      Memory.setFloat(to + 4L * j, sum.lane(0) * SCALE);
    }
    if (whole < size) {
      restF32(query, keys, chosen, size, whole, count, to);
    }
    Floats.multiply(scale, to, to, count);
  }

  private static void restF32(long query, long keys, long chosen, int size, int whole, int count, long to) {
    for (int j = 0; j < count; j++) {
      float score = Memory.getFloat(to + 4L * j);
      for (int i = whole; i < size; i++) {
        score += Memory.getFloat(query + 4L * i) * Memory.getFloat(keys + 4L * (position(chosen, j) * size + i));
      }
      Memory.setFloat(to + 4L * j, score);
    }
  }

  // Eight or four vectors of sums stay in registers while the values stream by.
  private static void weightedSumF32(long weights, long values, long chosen, int size, int count, long to) {
    int i = 0;
    for (; i + 8 * LANES <= size; i += 8 * LANES) {
      FloatVector sum0 = FloatVector.zero(FLOATS);
      FloatVector sum1 = FloatVector.zero(FLOATS);
      FloatVector sum2 = FloatVector.zero(FLOATS);
      FloatVector sum3 = FloatVector.zero(FLOATS);
      FloatVector sum4 = FloatVector.zero(FLOATS);
      FloatVector sum5 = FloatVector.zero(FLOATS);
      FloatVector sum6 = FloatVector.zero(FLOATS);
      FloatVector sum7 = FloatVector.zero(FLOATS);
      long factors = Memory.inRange(weights);
      long column = values + 4L * i;
      for (int j = 0; j < count; j = Loops.next(j, 1)) {
        long value = Memory.inRange(column + 4L * position(chosen, j) * size);
        FloatVector weight = FloatVector.broadcast(FLOATS, Memory.getFloat(factors + 4L * j));
        FloatVector v0 = FloatVector.fromMemorySegment(FLOATS, ALL, value, ORDER);
        sum0 = weight.fma(v0, sum0);
        FloatVector v1 = FloatVector.fromMemorySegment(FLOATS, ALL, value + 4L * LANES, ORDER);
        sum1 = weight.fma(v1, sum1);
        FloatVector v2 = FloatVector.fromMemorySegment(FLOATS, ALL, value + 8L * LANES, ORDER);
        sum2 = weight.fma(v2, sum2);
        FloatVector v3 = FloatVector.fromMemorySegment(FLOATS, ALL, value + 12L * LANES, ORDER);
        sum3 = weight.fma(v3, sum3);
        FloatVector v4 = FloatVector.fromMemorySegment(FLOATS, ALL, value + 16L * LANES, ORDER);
        sum4 = weight.fma(v4, sum4);
        FloatVector v5 = FloatVector.fromMemorySegment(FLOATS, ALL, value + 20L * LANES, ORDER);
        sum5 = weight.fma(v5, sum5);
        FloatVector v6 = FloatVector.fromMemorySegment(FLOATS, ALL, value + 24L * LANES, ORDER);
        sum6 = weight.fma(v6, sum6);
        FloatVector v7 = FloatVector.fromMemorySegment(FLOATS, ALL, value + 28L * LANES, ORDER);
        sum7 = weight.fma(v7, sum7);
      }
      sum0.intoMemorySegment(ALL, to + 4L * i, ORDER);
      sum1.intoMemorySegment(ALL, to + 4L * (i + LANES), ORDER);
      sum2.intoMemorySegment(ALL, to + 4L * (i + 2 * LANES), ORDER);
      sum3.intoMemorySegment(ALL, to + 4L * (i + 3 * LANES), ORDER);
      sum4.intoMemorySegment(ALL, to + 4L * (i + 4 * LANES), ORDER);
      sum5.intoMemorySegment(ALL, to + 4L * (i + 5 * LANES), ORDER);
      sum6.intoMemorySegment(ALL, to + 4L * (i + 6 * LANES), ORDER);
      sum7.intoMemorySegment(ALL, to + 4L * (i + 7 * LANES), ORDER);
    }
    for (; i + 4 * LANES <= size; i += 4 * LANES) {
      weightedSumsF32(weights, values + 4L * i, chosen, size, count, to + 4L * i);
    }
    for (; i + LANES <= size; i += LANES) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int j = 0; j < count; j++) {
        FloatVector v = FloatVector.fromMemorySegment(FLOATS, ALL, values + 4L * (position(chosen, j) * size + i), ORDER);
        sum = FloatVector.broadcast(FLOATS, Memory.getFloat(weights + 4L * j)).fma(v, sum);
      }
      sum.intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
    for (; i < size; i++) {
      float sum = 0;
      for (int j = 0; j < count; j++) {
        sum += Memory.getFloat(weights + 4L * j) * Memory.getFloat(values + 4L * (position(chosen, j) * size + i));
      }
      Memory.setFloat(to + 4L * i, sum);
    }
  }

  /** Of four vectors, in two streams: a value of each half of them side by side. */
  private static void weightedSumsF32(long weights, long column, long chosen, int size, int count, long to) {
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
      long value = Memory.inRange(column + 4L * position(chosen, j) * size);
      FloatVector weight = FloatVector.broadcast(FLOATS, Memory.getFloat(factors + 4L * j));
      sum0 = FloatVector.fromMemorySegment(FLOATS, ALL, value, ORDER).fma(weight, sum0);
      sum1 = FloatVector.fromMemorySegment(FLOATS, ALL, value + BYTES_OF_LANES, ORDER).fma(weight, sum1);
      sum2 = FloatVector.fromMemorySegment(FLOATS, ALL, value + 2 * BYTES_OF_LANES, ORDER).fma(weight, sum2);
      sum3 = FloatVector.fromMemorySegment(FLOATS, ALL, value + 3 * BYTES_OF_LANES, ORDER).fma(weight, sum3);
      long next = Memory.inRange(column + 4L * position(chosen, j + half) * size);
      FloatVector nextWeight = FloatVector.broadcast(FLOATS, Memory.getFloat(further + 4L * j));
      sum4 = FloatVector.fromMemorySegment(FLOATS, ALL, next, ORDER).fma(nextWeight, sum4);
      sum5 = FloatVector.fromMemorySegment(FLOATS, ALL, next + BYTES_OF_LANES, ORDER).fma(nextWeight, sum5);
      sum6 = FloatVector.fromMemorySegment(FLOATS, ALL, next + 2 * BYTES_OF_LANES, ORDER).fma(nextWeight, sum6);
      sum7 = FloatVector.fromMemorySegment(FLOATS, ALL, next + 3 * BYTES_OF_LANES, ORDER).fma(nextWeight, sum7);
    }
    if (2 * half < count) {
      long value = Memory.inRange(column + 4L * position(chosen, count - 1) * size);
      FloatVector weight = FloatVector.broadcast(FLOATS, Memory.getFloat(weights + 4L * (count - 1)));
      sum0 = FloatVector.fromMemorySegment(FLOATS, ALL, value, ORDER).fma(weight, sum0);
      sum1 = FloatVector.fromMemorySegment(FLOATS, ALL, value + BYTES_OF_LANES, ORDER).fma(weight, sum1);
      sum2 = FloatVector.fromMemorySegment(FLOATS, ALL, value + 2 * BYTES_OF_LANES, ORDER).fma(weight, sum2);
      sum3 = FloatVector.fromMemorySegment(FLOATS, ALL, value + 3 * BYTES_OF_LANES, ORDER).fma(weight, sum3);
    }
    sum0.add(sum4).intoMemorySegment(ALL, to, ORDER);
    sum1.add(sum5).intoMemorySegment(ALL, to + BYTES_OF_LANES, ORDER);
    sum2.add(sum6).intoMemorySegment(ALL, to + 2 * BYTES_OF_LANES, ORDER);
    sum3.add(sum7).intoMemorySegment(ALL, to + 3 * BYTES_OF_LANES, ORDER);
  }

  /** For rows that are no whole pairs of vectors, which are rare. */
  private static void scoresBf16(long query, float scale, long keys, long chosen, int size, int count, long to) {
    int whole = size - size % LANES;
    long seen = Memory.inRange(query);
    long stride = 2L * size;
    for (int j = 0; j < count; j++) {
      long key = Memory.inRange(keys + position(chosen, j) * stride);
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = 0; i < whole; i = Loops.next(i, LANES)) {
        FloatVector v = ((IntVector) ShortVector.fromMemorySegment(SHORTS, ALL, key + 2L * i, ORDER)
            .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0)).lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
        sum = v.fma(FloatVector.fromMemorySegment(FLOATS, ALL, seen + 4L * i, ORDER), sum);
      }
      sum = sum.add(sum.rearrange(HALF));
      sum = sum.add(sum.rearrange(QUARTER));
      sum = sum.add(sum.rearrange(EIGHTH));
      sum = sum.add(sum.rearrange(SIXTEENTH));
      Memory.setFloat(to + 4L * j, sum.lane(0) * SCALE);
    }
    if (whole < size) {
      restBf16(query, keys, chosen, size, whole, count, to);
    }
    Floats.multiply(scale, to, to, count);
  }

  private static void restBf16(long query, long keys, long chosen, int size, int whole, int count, long to) {
    for (int j = 0; j < count; j++) {
      float score = Memory.getFloat(to + 4L * j);
      for (int i = whole; i < size; i++) {
        score += Memory.getFloat(query + 4L * i) * Memory.getBf16(keys + 2L * (position(chosen, j) * size + i));
      }
      Memory.setFloat(to + 4L * j, score);
    }
  }

  /** As {@link #scoresBf16}, for rare rows. */
  private static void weightedSumBf16(long weights, long values, long chosen, int size, int count, long to) {
    int i = 0;
    for (; i + LANES <= size; i += LANES) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int j = 0; j < count; j++) {
        FloatVector v = ((IntVector) ShortVector.fromMemorySegment(SHORTS, ALL, values + 2L * (position(chosen, j) * size + i), ORDER)
            .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0)).lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
        sum = v.fma(FloatVector.broadcast(FLOATS, Memory.getFloat(weights + 4L * j)), sum);
      }
      sum.intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
    for (; i < size; i++) {
      float sum = 0;
      for (int j = 0; j < count; j++) {
        sum += Memory.getFloat(weights + 4L * j) * Memory.getBf16(values + 2L * (position(chosen, j) * size + i));
      }
      Memory.setFloat(to + 4L * i, sum);
    }
  }
}
