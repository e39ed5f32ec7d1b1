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

import java.lang.foreign.Arena;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Dot products and sums of F16 rows. The order of the additions in a product depends on the shape of the work alone, never on the workers.
 * Several products at a time keep the pipeline full and, with several x, use what was loaded of the weights again.
 *
 * <p>Sign, exponent and mantissa of a half, shifted to where a float has its own, are the float 2^-112 times as large: the exponents count from
 * 15 and from 127. That holds for subnormal halves too, which become subnormal floats, and the multiplication by 2^112 is exact. It is done on
 * the weights, since their products with small numbers would underflow without it. Infinities and NaN would come out as numbers; models
 * with such weights are refused, see {@link org.terraformer.ports.kernel.WeightCheck#checkFinite}.
 */
final class F16Rows extends RowKernel {
  /** A half in the lower 16 bits has its mantissa so far to the right of where a float has the same digits. */
  static final int SHIFT = 13;
  /**
   * The address of a vector that leaves sign, exponent and mantissa, and masks out copies of the sign and what a half beside this one leaves: a
   * constant would be made anew wherever it is used.
   */
  static final long FIELDS = vector(0x8FFFE000);
  /** The address of a vector of 2^112. */
  static final long POWER = vector(Float.floatToIntBits(0x1p112f));

  F16Rows(long address, long scales, long columns) {
    super(address, scales, columns, 2 * columns);
  }

  private static long vector(int bits) {
    long address = Arena.global().allocate(BYTES_OF_LANES, BYTES_OF_LANES).address();
    IntVector.broadcast(INTS, bits).intoMemorySegment(ALL, address, ORDER);
    return address;
  }

  @Override
  float dot(long x, long row) {
    int n = columns;
    long x0 = Memory.inRange(x);
    long w0 = Memory.inRange(rowAddress(row));
    IntVector fields = IntVector.fromMemorySegment(INTS, ALL, FIELDS, ORDER);
    FloatVector power = FloatVector.fromMemorySegment(FLOATS, ALL, POWER, ORDER);
    FloatVector sum0 = FloatVector.zero(FLOATS);
    int end = n - n % LANES;
    for (int i = 0; i < end; i = Loops.next(i, LANES)) {
      FloatVector v0 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, ALL, w0 + 2L * i, ORDER)
          .convertShape(VectorOperators.S2I, INTS, 0)).lanewise(VectorOperators.LSHL, SHIFT).and(fields).reinterpretAsFloats().mul(power);
      FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, ALL, x0 + 4L * i, ORDER);
      sum0 = v0.fma(u0, sum0);
    }
    sum0 = sum0.add(sum0.rearrange(HALF));
    sum0 = sum0.add(sum0.rearrange(QUARTER));
    sum0 = sum0.add(sum0.rearrange(EIGHTH));
    sum0 = sum0.add(sum0.rearrange(SIXTEENTH));
    float r0 = sum0.lane(0) * SCALE;
    for (int i = end; i < n; i++) {
      r0 += Memory.getF16(w0 + 2L * i) * Memory.getFloat(x + 4L * i);
    }
    return r0;
  }

  @Override
  void dot4Rows(long x, long r0, long r1, long r2, long r3, long y, long next) {
    int n = columns;
    long x0 = Memory.inRange(x);
    long w0 = Memory.inRange(rowAddress(r0));
    long w1 = Memory.inRange(rowAddress(r1));
    long w2 = Memory.inRange(rowAddress(r2));
    long w3 = Memory.inRange(rowAddress(r3));
    IntVector fields = IntVector.fromMemorySegment(INTS, ALL, FIELDS, ORDER);
    FloatVector power = FloatVector.fromMemorySegment(FLOATS, ALL, POWER, ORDER);
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = FloatVector.zero(FLOATS);
    FloatVector sum2 = FloatVector.zero(FLOATS);
    FloatVector sum3 = FloatVector.zero(FLOATS);
    int end = n - n % LANES;
    for (int i = 0; i < end; i = Loops.next(i, LANES)) {
      FloatVector v0 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, ALL, w0 + 2L * i, ORDER)
          .convertShape(VectorOperators.S2I, INTS, 0)).lanewise(VectorOperators.LSHL, SHIFT).and(fields).reinterpretAsFloats().mul(power);
      FloatVector v1 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, ALL, w1 + 2L * i, ORDER)
          .convertShape(VectorOperators.S2I, INTS, 0)).lanewise(VectorOperators.LSHL, SHIFT).and(fields).reinterpretAsFloats().mul(power);
      FloatVector v2 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, ALL, w2 + 2L * i, ORDER)
          .convertShape(VectorOperators.S2I, INTS, 0)).lanewise(VectorOperators.LSHL, SHIFT).and(fields).reinterpretAsFloats().mul(power);
      FloatVector v3 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, ALL, w3 + 2L * i, ORDER)
          .convertShape(VectorOperators.S2I, INTS, 0)).lanewise(VectorOperators.LSHL, SHIFT).and(fields).reinterpretAsFloats().mul(power);
      FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, ALL, x0 + 4L * i, ORDER);
      sum0 = v0.fma(u0, sum0);
      sum1 = v1.fma(u0, sum1);
      sum2 = v2.fma(u0, sum2);
      sum3 = v3.fma(u0, sum3);
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
    Memory.setFloat(y, sum0.lane(0) * SCALE);
    Memory.setFloat(y + next, sum1.lane(0) * SCALE);
    Memory.setFloat(y + 2 * next, sum2.lane(0) * SCALE);
    Memory.setFloat(y + 3 * next, sum3.lane(0) * SCALE);
    if (end == n) {
      return;
    }
    float t0 = Memory.getFloat(y);
    float t1 = Memory.getFloat(y + next);
    float t2 = Memory.getFloat(y + 2 * next);
    float t3 = Memory.getFloat(y + 3 * next);
    for (int i = end; i < n; i++) {
      t0 += Memory.getF16(w0 + 2L * i) * Memory.getFloat(x + 4L * i);
      t1 += Memory.getF16(w1 + 2L * i) * Memory.getFloat(x + 4L * i);
      t2 += Memory.getF16(w2 + 2L * i) * Memory.getFloat(x + 4L * i);
      t3 += Memory.getF16(w3 + 2L * i) * Memory.getFloat(x + 4L * i);
    }
    Memory.setFloat(y, t0);
    Memory.setFloat(y + next, t1);
    Memory.setFloat(y + 2 * next, t2);
    Memory.setFloat(y + 3 * next, t3);
  }

  @Override
  void dot2x4(long x, long xStride, long row, long step, long y, long yStride, long scratch) {
    int n = columns;
    long x0 = Memory.inRange(x);
    long w0 = Memory.inRange(rowAddress(row));
    long w1 = Memory.inRange(rowAddress(row + step));
    long w2 = Memory.inRange(rowAddress(row + 2 * step));
    long w3 = Memory.inRange(rowAddress(row + 3 * step));
    long x1 = Memory.inRange(x0 + xStride);
    IntVector fields = IntVector.fromMemorySegment(INTS, ALL, FIELDS, ORDER);
    FloatVector power = FloatVector.fromMemorySegment(FLOATS, ALL, POWER, ORDER);
    FloatVector s00 = FloatVector.zero(FLOATS);
    FloatVector s01 = FloatVector.zero(FLOATS);
    FloatVector s10 = FloatVector.zero(FLOATS);
    FloatVector s11 = FloatVector.zero(FLOATS);
    FloatVector s20 = FloatVector.zero(FLOATS);
    FloatVector s21 = FloatVector.zero(FLOATS);
    FloatVector s30 = FloatVector.zero(FLOATS);
    FloatVector s31 = FloatVector.zero(FLOATS);
    int end = n - n % LANES;
    for (int i = 0; i < end; i = Loops.next(i, LANES)) {
      FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, ALL, x0 + 4L * i, ORDER);
      FloatVector u1 = FloatVector.fromMemorySegment(FLOATS, ALL, x1 + 4L * i, ORDER);
      FloatVector v0 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, ALL, w0 + 2L * i, ORDER)
          .convertShape(VectorOperators.S2I, INTS, 0)).lanewise(VectorOperators.LSHL, SHIFT).and(fields).reinterpretAsFloats().mul(power);
      s00 = v0.fma(u0, s00);
      s01 = v0.fma(u1, s01);
      FloatVector v1 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, ALL, w1 + 2L * i, ORDER)
          .convertShape(VectorOperators.S2I, INTS, 0)).lanewise(VectorOperators.LSHL, SHIFT).and(fields).reinterpretAsFloats().mul(power);
      s10 = v1.fma(u0, s10);
      s11 = v1.fma(u1, s11);
      FloatVector v2 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, ALL, w2 + 2L * i, ORDER)
          .convertShape(VectorOperators.S2I, INTS, 0)).lanewise(VectorOperators.LSHL, SHIFT).and(fields).reinterpretAsFloats().mul(power);
      s20 = v2.fma(u0, s20);
      s21 = v2.fma(u1, s21);
      FloatVector v3 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, ALL, w3 + 2L * i, ORDER)
          .convertShape(VectorOperators.S2I, INTS, 0)).lanewise(VectorOperators.LSHL, SHIFT).and(fields).reinterpretAsFloats().mul(power);
      s30 = v3.fma(u0, s30);
      s31 = v3.fma(u1, s31);
    }
    s00.intoMemorySegment(ALL, scratch, ORDER);
    s10.intoMemorySegment(ALL, scratch + BYTES_OF_LANES, ORDER);
    s20.intoMemorySegment(ALL, scratch + 2 * BYTES_OF_LANES, ORDER);
    s30.intoMemorySegment(ALL, scratch + 3 * BYTES_OF_LANES, ORDER);
    s01.intoMemorySegment(ALL, scratch + 4 * BYTES_OF_LANES, ORDER);
    s11.intoMemorySegment(ALL, scratch + 5 * BYTES_OF_LANES, ORDER);
    s21.intoMemorySegment(ALL, scratch + 6 * BYTES_OF_LANES, ORDER);
    s31.intoMemorySegment(ALL, scratch + 7 * BYTES_OF_LANES, ORDER);
    LaneSum.store(scratch, y, 4 * step);
    LaneSum.store(scratch + 4 * BYTES_OF_LANES, y + yStride, 4 * step);
    if (end < n) {
      addColumns(x, xStride, 2, row, step, 4, end, y, yStride);
    }
  }

  /** As many vectors have their rows unpacked, where a cache can hold these. */
  @Override
  void dotLargestTile(long x, long xStride, long row, long step, long y, long yStride, long scratch) {
    dot2x4(x, xStride, row, step, y, yStride, scratch);
    dot2x4(x + 2 * xStride, xStride, row, step, y + 2 * yStride, yStride, scratch);
  }

  @Override
  void addScaled(float factor, long row, long y, int from, int to) {
    long w0 = Memory.inRange(rowAddress(row));
    IntVector fields = IntVector.fromMemorySegment(INTS, ALL, FIELDS, ORDER);
    FloatVector power = FloatVector.fromMemorySegment(FLOATS, ALL, POWER, ORDER);
    FloatVector a = FloatVector.broadcast(FLOATS, factor);
    long y0 = Memory.inRange(y);
    int start = from & Integer.MAX_VALUE;
    int whole = to - (to - start) % LANES;
    for (int i = start; i < whole; i += LANES) {
      FloatVector v0 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, ALL, w0 + 2L * i, ORDER)
          .convertShape(VectorOperators.S2I, INTS, 0)).lanewise(VectorOperators.LSHL, SHIFT).and(fields).reinterpretAsFloats().mul(power);
      v0.fma(a, FloatVector.fromMemorySegment(FLOATS, ALL, y0 + 4L * i, ORDER)).intoMemorySegment(ALL, y0 + 4L * i, ORDER);
    }
    for (int i = whole; i < to; i++) {
      Memory.setFloat(y0 + 4L * i, Math.fma(factor, Memory.getF16(w0 + 2L * i), Memory.getFloat(y0 + 4L * i)));
    }
  }

  @Override
  void addScaled4(long entries, long y, int from, int to) {
    float f0 = factor(entries);
    float f1 = factor(entries + ENTRY_BYTES);
    float f2 = factor(entries + 2 * ENTRY_BYTES);
    float f3 = factor(entries + 3 * ENTRY_BYTES);
    long w0 = Memory.inRange(rowAddress(row(entries)));
    long w1 = Memory.inRange(rowAddress(row(entries + ENTRY_BYTES)));
    long w2 = Memory.inRange(rowAddress(row(entries + 2 * ENTRY_BYTES)));
    long w3 = Memory.inRange(rowAddress(row(entries + 3 * ENTRY_BYTES)));
    IntVector fields = IntVector.fromMemorySegment(INTS, ALL, FIELDS, ORDER);
    FloatVector power = FloatVector.fromMemorySegment(FLOATS, ALL, POWER, ORDER);
    FloatVector a0 = FloatVector.broadcast(FLOATS, f0);
    FloatVector a1 = FloatVector.broadcast(FLOATS, f1);
    FloatVector a2 = FloatVector.broadcast(FLOATS, f2);
    FloatVector a3 = FloatVector.broadcast(FLOATS, f3);
    long y0 = Memory.inRange(y);
    int start = from & Integer.MAX_VALUE;
    int whole = to - (to - start) % LANES;
    for (int i = start; i < whole; i += LANES) {
      FloatVector v0 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, ALL, w0 + 2L * i, ORDER)
          .convertShape(VectorOperators.S2I, INTS, 0)).lanewise(VectorOperators.LSHL, SHIFT).and(fields).reinterpretAsFloats().mul(power);
      FloatVector v1 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, ALL, w1 + 2L * i, ORDER)
          .convertShape(VectorOperators.S2I, INTS, 0)).lanewise(VectorOperators.LSHL, SHIFT).and(fields).reinterpretAsFloats().mul(power);
      FloatVector v2 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, ALL, w2 + 2L * i, ORDER)
          .convertShape(VectorOperators.S2I, INTS, 0)).lanewise(VectorOperators.LSHL, SHIFT).and(fields).reinterpretAsFloats().mul(power);
      FloatVector v3 = ((IntVector) ShortVector.fromMemorySegment(SHORTS, ALL, w3 + 2L * i, ORDER)
          .convertShape(VectorOperators.S2I, INTS, 0)).lanewise(VectorOperators.LSHL, SHIFT).and(fields).reinterpretAsFloats().mul(power);
      FloatVector sum = FloatVector.fromMemorySegment(FLOATS, ALL, y0 + 4L * i, ORDER);
      v3.fma(a3, v2.fma(a2, v1.fma(a1, v0.fma(a0, sum)))).intoMemorySegment(ALL, y0 + 4L * i, ORDER);
    }
    for (int i = whole; i < to; i++) {
      float sum = Memory.getFloat(y0 + 4L * i);
      sum = Math.fma(f0, Memory.getF16(w0 + 2L * i), sum);
      sum = Math.fma(f1, Memory.getF16(w1 + 2L * i), sum);
      sum = Math.fma(f2, Memory.getF16(w2 + 2L * i), sum);
      sum = Math.fma(f3, Memory.getF16(w3 + 2L * i), sum);
      Memory.setFloat(y0 + 4L * i, sum);
    }
  }

  @Override
  float element(long row, int column) {
    return Memory.getF16(rowAddress(row) + 2L * column);
  }
}
