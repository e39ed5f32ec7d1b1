package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.LaneSum.EIGHTH;
import static org.terraformer.cpu.vector.LaneSum.HALF;
import static org.terraformer.cpu.vector.LaneSum.QUARTER;
import static org.terraformer.cpu.vector.LaneSum.SCALE;
import static org.terraformer.cpu.vector.LaneSum.SIXTEENTH;
import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.BYTES;
import static org.terraformer.cpu.vector.Species.BYTES_OF_LANES;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.INTS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Dot products and sums of Q8 rows. The order of the additions in a product depends on the shape of the work alone, never on the workers.
 * Several products at a time keep the pipeline full and, with several x, use what was loaded of the weights again.
 */
final class Q8Rows extends RowKernel {
  private static final int UPPER_HALF = 0xFFFF0000;

  Q8Rows(long address, long scales, long columns) {
    super(address, scales, columns, columns);
  }

  @Override
  float dot(long x, long row) {
    int n = columns;
    long x0 = Memory.inRange(x);
    long w0 = Memory.inRange(rowAddress(row));
    long s0 = Memory.inRange(scaleAddress(row));
    FloatVector sum0 = FloatVector.zero(FLOATS);
    int end = n - n % BLOCK;
    for (int block = 0; block < end; block = Loops.next(block, BLOCK)) {
      FloatVector part0 = FloatVector.zero(FLOATS);
      for (int i = 0; i < BLOCK; i += LANES) {
        FloatVector v0 = (FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w0 + block + i, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0);
        FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, ALL, x0 + 4L * block + 4L * i, ORDER);
        part0 = v0.fma(u0, part0);
      }
      float f0 = Memory.getBf16(s0 + 2L * (block / BLOCK));
      sum0 = part0.fma(FloatVector.broadcast(FLOATS, f0), sum0);
    }
    sum0 = sum0.add(sum0.rearrange(HALF));
    sum0 = sum0.add(sum0.rearrange(QUARTER));
    sum0 = sum0.add(sum0.rearrange(EIGHTH));
    sum0 = sum0.add(sum0.rearrange(SIXTEENTH));
    float r0 = sum0.lane(0) * SCALE;
    for (int i = end; i < n; i++) {
      r0 += Memory.getBf16(s0 + 2L * (i / BLOCK)) * Memory.getByte(w0 + i) * Memory.getFloat(x + 4L * i);
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
    long s0 = Memory.inRange(scaleAddress(r0));
    long s1 = Memory.inRange(scaleAddress(r1));
    long s2 = Memory.inRange(scaleAddress(r2));
    long s3 = Memory.inRange(scaleAddress(r3));
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = FloatVector.zero(FLOATS);
    FloatVector sum2 = FloatVector.zero(FLOATS);
    FloatVector sum3 = FloatVector.zero(FLOATS);
    int end = n - n % BLOCK;
    for (int block = 0; block < end; block = Loops.next(block, BLOCK)) {
      FloatVector part0 = FloatVector.zero(FLOATS);
      FloatVector part1 = FloatVector.zero(FLOATS);
      FloatVector part2 = FloatVector.zero(FLOATS);
      FloatVector part3 = FloatVector.zero(FLOATS);
      for (int i = 0; i < BLOCK; i = step(i)) {
        FloatVector v0 = (FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w0 + block + i, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0);
        FloatVector v1 = (FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w1 + block + i, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0);
        FloatVector v2 = (FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w2 + block + i, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0);
        FloatVector v3 = (FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w3 + block + i, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0);
        FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, ALL, x0 + 4L * block + 4L * i, ORDER);
        part0 = v0.fma(u0, part0);
        part1 = v1.fma(u0, part1);
        part2 = v2.fma(u0, part2);
        part3 = v3.fma(u0, part3);
      }
      float f0 = Memory.getBf16(s0 + 2L * (block / BLOCK));
      float f1 = Memory.getBf16(s1 + 2L * (block / BLOCK));
      float f2 = Memory.getBf16(s2 + 2L * (block / BLOCK));
      float f3 = Memory.getBf16(s3 + 2L * (block / BLOCK));
      sum0 = part0.fma(FloatVector.broadcast(FLOATS, f0), sum0);
      sum1 = part1.fma(FloatVector.broadcast(FLOATS, f1), sum1);
      sum2 = part2.fma(FloatVector.broadcast(FLOATS, f2), sum2);
      sum3 = part3.fma(FloatVector.broadcast(FLOATS, f3), sum3);
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
      t0 += Memory.getBf16(s0 + 2L * (i / BLOCK)) * Memory.getByte(w0 + i) * Memory.getFloat(x + 4L * i);
      t1 += Memory.getBf16(s1 + 2L * (i / BLOCK)) * Memory.getByte(w1 + i) * Memory.getFloat(x + 4L * i);
      t2 += Memory.getBf16(s2 + 2L * (i / BLOCK)) * Memory.getByte(w2 + i) * Memory.getFloat(x + 4L * i);
      t3 += Memory.getBf16(s3 + 2L * (i / BLOCK)) * Memory.getByte(w3 + i) * Memory.getFloat(x + 4L * i);
    }
    Memory.setFloat(y, t0);
    Memory.setFloat(y + next, t1);
    Memory.setFloat(y + 2 * next, t2);
    Memory.setFloat(y + 3 * next, t3);
  }

  /**
   * With 16 registers there is no room for four rows side by side that take as few operations as one row does, and there it is operations that
   * limit Q8, not memory. Rows shorter than a turn of the loop over one row are the exception.
   */
  @Override
  boolean readsQuarters() {
    return LANES > 8 || columns < 4 * BLOCK;
  }

  /** Row after row, four blocks in each turn, whose scales are read in pairs. */
  @Override
  void dotRows(long x, long from, long to, long y, long scratch) {
    int n = columns;
    long x0 = Memory.inRange(x);
    int whole = n - n % (4 * BLOCK);
    int end = n - n % BLOCK;
    for (long row = from; row < to; row++) {
      long w0 = Memory.inRange(rowAddress(row));
      long s0 = Memory.inRange(scaleAddress(row));
      FloatVector sum0 = FloatVector.zero(FLOATS);
      FloatVector sum1 = FloatVector.zero(FLOATS);
      for (int block = 0; block < whole; block = Loops.next(block, 4 * BLOCK)) {
        FloatVector part0 = FloatVector.zero(FLOATS);
        FloatVector part1 = FloatVector.zero(FLOATS);
        FloatVector part2 = FloatVector.zero(FLOATS);
        FloatVector part3 = FloatVector.zero(FLOATS);
        for (int i = 0; i < BLOCK; i += LANES) {
          FloatVector v0 = (FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w0 + block + i, ORDER)
              .convertShape(VectorOperators.B2F, FLOATS, 0);
          part0 = v0.fma(FloatVector.fromMemorySegment(FLOATS, ALL, x0 + 4L * block + 4L * i, ORDER), part0);
          FloatVector v1 = (FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w0 + block + BLOCK + i, ORDER)
              .convertShape(VectorOperators.B2F, FLOATS, 0);
          part1 = v1.fma(FloatVector.fromMemorySegment(FLOATS, ALL, x0 + 4L * block + 4L * (BLOCK + i), ORDER), part1);
          FloatVector v2 = (FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w0 + block + 2 * BLOCK + i, ORDER)
              .convertShape(VectorOperators.B2F, FLOATS, 0);
          part2 = v2.fma(FloatVector.fromMemorySegment(FLOATS, ALL, x0 + 4L * block + 4L * (2 * BLOCK + i), ORDER), part2);
          FloatVector v3 = (FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w0 + block + 3 * BLOCK + i, ORDER)
              .convertShape(VectorOperators.B2F, FLOATS, 0);
          part3 = v3.fma(FloatVector.fromMemorySegment(FLOATS, ALL, x0 + 4L * block + 4L * (3 * BLOCK + i), ORDER), part3);
        }
        long scale = s0 + 2L * (block / BLOCK);
        IntVector first = IntVector.broadcast(INTS, Memory.getInt(scale));
        IntVector second = IntVector.broadcast(INTS, Memory.getInt(scale + 4));
        sum0 = part0.fma(first.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), sum0);
        sum1 = part1.fma(first.and(UPPER_HALF).reinterpretAsFloats(), sum1);
        sum0 = part2.fma(second.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), sum0);
        sum1 = part3.fma(second.and(UPPER_HALF).reinterpretAsFloats(), sum1);
      }
      for (int i = whole; i < end; i = Loops.next(i, LANES)) {
        FloatVector v0 = (FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w0 + i, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0);
        FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, ALL, x0 + 4L * i, ORDER);
        sum0 = v0.mul(FloatVector.broadcast(FLOATS, Memory.getBf16(s0 + 2L * (i / BLOCK)))).fma(u0, sum0);
      }
      int lane = (int) (row - from) % 4;
      sum0.add(sum1).intoMemorySegment(ALL, scratch + lane * BYTES_OF_LANES, ORDER);
      if (lane == 3) {
        LaneSum.store(scratch, y + 4 * (row - from - 3), 4);
      }
    }
    LaneSum.storeSome(scratch, (int) (to - from) % 4, y + 4 * ((to - from) / 4 * 4));
    if (end < n) {
      addColumns(x, 0, 1, from, 1, (int) (to - from), end, y, 0);
    }
  }

  @Override
  void dot2x4(long x, long xStride, long row, long step, long y, long yStride, long scratch) {
    int n = columns;
    long x0 = Memory.inRange(x);
    long w0 = Memory.inRange(rowAddress(row));
    long w1 = Memory.inRange(rowAddress(row + step));
    long w2 = Memory.inRange(rowAddress(row + 2 * step));
    long w3 = Memory.inRange(rowAddress(row + 3 * step));
    long s0 = Memory.inRange(scaleAddress(row));
    long s1 = Memory.inRange(scaleAddress(row + step));
    long s2 = Memory.inRange(scaleAddress(row + 2 * step));
    long s3 = Memory.inRange(scaleAddress(row + 3 * step));
    long x1 = Memory.inRange(x0 + xStride);
    FloatVector s00 = FloatVector.zero(FLOATS);
    FloatVector s01 = FloatVector.zero(FLOATS);
    FloatVector s10 = FloatVector.zero(FLOATS);
    FloatVector s11 = FloatVector.zero(FLOATS);
    FloatVector s20 = FloatVector.zero(FLOATS);
    FloatVector s21 = FloatVector.zero(FLOATS);
    FloatVector s30 = FloatVector.zero(FLOATS);
    FloatVector s31 = FloatVector.zero(FLOATS);
    int end = n - n % BLOCK;
    for (int block = 0; block < end; block = Loops.next(block, BLOCK)) {
      FloatVector f0 = FloatVector.broadcast(FLOATS, Memory.getBf16(s0 + 2L * (block / BLOCK)));
      FloatVector f1 = FloatVector.broadcast(FLOATS, Memory.getBf16(s1 + 2L * (block / BLOCK)));
      FloatVector f2 = FloatVector.broadcast(FLOATS, Memory.getBf16(s2 + 2L * (block / BLOCK)));
      FloatVector f3 = FloatVector.broadcast(FLOATS, Memory.getBf16(s3 + 2L * (block / BLOCK)));
      for (int i = 0; i < BLOCK; i += LANES) {
        FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, ALL, x0 + 4L * (block + i), ORDER);
        FloatVector u1 = FloatVector.fromMemorySegment(FLOATS, ALL, x1 + 4L * (block + i), ORDER);
        FloatVector v0 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w0 + block + i, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0)).mul(f0);
        s00 = v0.fma(u0, s00);
        s01 = v0.fma(u1, s01);
        FloatVector v1 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w1 + block + i, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0)).mul(f1);
        s10 = v1.fma(u0, s10);
        s11 = v1.fma(u1, s11);
        FloatVector v2 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w2 + block + i, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0)).mul(f2);
        s20 = v2.fma(u0, s20);
        s21 = v2.fma(u1, s21);
        FloatVector v3 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w3 + block + i, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0)).mul(f3);
        s30 = v3.fma(u0, s30);
        s31 = v3.fma(u1, s31);
      }
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

  /** Two rows and then two more, so that each is unpacked once. */
  @Override
  void dotLargestTile(long x, long xStride, long row, long step, long y, long yStride, long scratch) {
    dot4x2(x, xStride, row, step, y, yStride, scratch);
    dot4x2(x, xStride, row + 2 * step, step, y + 8 * step, yStride, scratch);
  }

  private void dot4x2(long x, long xStride, long row, long step, long y, long yStride, long scratch) {
    int n = columns;
    long x0 = Memory.inRange(x);
    long w0 = Memory.inRange(rowAddress(row));
    long w1 = Memory.inRange(rowAddress(row + step));
    long s0 = Memory.inRange(scaleAddress(row));
    long s1 = Memory.inRange(scaleAddress(row + step));
    long x1 = Memory.inRange(x0 + xStride);
    long x2 = Memory.inRange(x1 + xStride);
    long x3 = Memory.inRange(x2 + xStride);
    FloatVector s00 = FloatVector.zero(FLOATS);
    FloatVector s01 = FloatVector.zero(FLOATS);
    FloatVector s02 = FloatVector.zero(FLOATS);
    FloatVector s03 = FloatVector.zero(FLOATS);
    FloatVector s10 = FloatVector.zero(FLOATS);
    FloatVector s11 = FloatVector.zero(FLOATS);
    FloatVector s12 = FloatVector.zero(FLOATS);
    FloatVector s13 = FloatVector.zero(FLOATS);
    int end = n - n % BLOCK;
    for (int block = 0; block < end; block = Loops.next(block, BLOCK)) {
      FloatVector f0 = FloatVector.broadcast(FLOATS, Memory.getBf16(s0 + 2L * (block / BLOCK)));
      FloatVector f1 = FloatVector.broadcast(FLOATS, Memory.getBf16(s1 + 2L * (block / BLOCK)));
      for (int i = 0; i < BLOCK; i += LANES) {
        FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, ALL, x0 + 4L * (block + i), ORDER);
        FloatVector u1 = FloatVector.fromMemorySegment(FLOATS, ALL, x1 + 4L * (block + i), ORDER);
        FloatVector u2 = FloatVector.fromMemorySegment(FLOATS, ALL, x2 + 4L * (block + i), ORDER);
        FloatVector u3 = FloatVector.fromMemorySegment(FLOATS, ALL, x3 + 4L * (block + i), ORDER);
        FloatVector v0 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w0 + block + i, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0)).mul(f0);
        s00 = v0.fma(u0, s00);
        s01 = v0.fma(u1, s01);
        s02 = v0.fma(u2, s02);
        s03 = v0.fma(u3, s03);
        FloatVector v1 = ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w1 + block + i, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0)).mul(f1);
        s10 = v1.fma(u0, s10);
        s11 = v1.fma(u1, s11);
        s12 = v1.fma(u2, s12);
        s13 = v1.fma(u3, s13);
      }
    }
    s00.intoMemorySegment(ALL, scratch, ORDER);
    s10.intoMemorySegment(ALL, scratch + BYTES_OF_LANES, ORDER);
    s01.intoMemorySegment(ALL, scratch + 2 * BYTES_OF_LANES, ORDER);
    s11.intoMemorySegment(ALL, scratch + 3 * BYTES_OF_LANES, ORDER);
    s02.intoMemorySegment(ALL, scratch + 4 * BYTES_OF_LANES, ORDER);
    s12.intoMemorySegment(ALL, scratch + 5 * BYTES_OF_LANES, ORDER);
    s03.intoMemorySegment(ALL, scratch + 6 * BYTES_OF_LANES, ORDER);
    s13.intoMemorySegment(ALL, scratch + 7 * BYTES_OF_LANES, ORDER);
    LaneSum.storePairs(scratch, y, yStride, 4 * step);
    LaneSum.storePairs(scratch + 4 * BYTES_OF_LANES, y + 2 * yStride, yStride, 4 * step);
    if (end < n) {
      addColumns(x, xStride, 4, row, step, 2, end, y, yStride);
    }
  }

  @Override
  void addScaled(float factor, long row, long y, int from, int to) {
    long w0 = Memory.inRange(rowAddress(row));
    long s0 = Memory.inRange(scaleAddress(row));
    long y0 = Memory.inRange(y);
    int start = from & Integer.MAX_VALUE;
    int whole = to - (to - start) % BLOCK;
    for (int i = start; i < whole; i += BLOCK) {
      FloatVector a = FloatVector.broadcast(FLOATS, factor * Memory.getBf16(s0 + 2L * (i / BLOCK)));
      for (int j = 0; j < BLOCK; j += LANES) {
        FloatVector v0 = (FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w0 + i + j, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0);
        v0.fma(a, FloatVector.fromMemorySegment(FLOATS, ALL, y0 + 4L * i + 4L * j, ORDER)).intoMemorySegment(ALL, y0 + 4L * i + 4L * j, ORDER);
      }
    }
    for (int i = whole; i < to; i++) {
      float a = factor * Memory.getBf16(s0 + 2L * (i / BLOCK));
      Memory.setFloat(y0 + 4L * i, Math.fma(a, Memory.getByte(w0 + i), Memory.getFloat(y0 + 4L * i)));
    }
  }

  @Override
  void addScaled4(long entries, long y, int from, int to) {
    float f0 = factor(entries);
    float f1 = factor(entries + ENTRY_BYTES);
    float f2 = factor(entries + 2 * ENTRY_BYTES);
    float f3 = factor(entries + 3 * ENTRY_BYTES);
    long r0 = row(entries);
    long r1 = row(entries + ENTRY_BYTES);
    long r2 = row(entries + 2 * ENTRY_BYTES);
    long r3 = row(entries + 3 * ENTRY_BYTES);
    long w0 = Memory.inRange(rowAddress(r0));
    long w1 = Memory.inRange(rowAddress(r1));
    long w2 = Memory.inRange(rowAddress(r2));
    long w3 = Memory.inRange(rowAddress(r3));
    long s0 = Memory.inRange(scaleAddress(r0));
    long s1 = Memory.inRange(scaleAddress(r1));
    long s2 = Memory.inRange(scaleAddress(r2));
    long s3 = Memory.inRange(scaleAddress(r3));
    long y0 = Memory.inRange(y);
    int start = from & Integer.MAX_VALUE;
    int whole = to - (to - start) % BLOCK;
    for (int i = start; i < whole; i += BLOCK) {
      long scale = 2L * (i / BLOCK);
      FloatVector a0 = FloatVector.broadcast(FLOATS, f0 * Memory.getBf16(s0 + scale));
      FloatVector a1 = FloatVector.broadcast(FLOATS, f1 * Memory.getBf16(s1 + scale));
      FloatVector a2 = FloatVector.broadcast(FLOATS, f2 * Memory.getBf16(s2 + scale));
      FloatVector a3 = FloatVector.broadcast(FLOATS, f3 * Memory.getBf16(s3 + scale));
      for (int j = 0; j < BLOCK; j = Loops.next(j, LANES)) {
        FloatVector v0 = (FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w0 + i + j, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0);
        FloatVector v1 = (FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w1 + i + j, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0);
        FloatVector v2 = (FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w2 + i + j, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0);
        FloatVector v3 = (FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w3 + i + j, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0);
        FloatVector sum = FloatVector.fromMemorySegment(FLOATS, ALL, y0 + 4L * i + 4L * j, ORDER);
        v3.fma(a3, v2.fma(a2, v1.fma(a1, v0.fma(a0, sum)))).intoMemorySegment(ALL, y0 + 4L * i + 4L * j, ORDER);
      }
    }
    for (int i = whole; i < to; i++) {
      long scale = 2L * (i / BLOCK);
      float sum = Memory.getFloat(y0 + 4L * i);
      sum = Math.fma(f0 * Memory.getBf16(s0 + scale), Memory.getByte(w0 + i), sum);
      sum = Math.fma(f1 * Memory.getBf16(s1 + scale), Memory.getByte(w1 + i), sum);
      sum = Math.fma(f2 * Memory.getBf16(s2 + scale), Memory.getByte(w2 + i), sum);
      sum = Math.fma(f3 * Memory.getBf16(s3 + scale), Memory.getByte(w3 + i), sum);
      Memory.setFloat(y0 + 4L * i, sum);
    }
  }

  /** With 16 registers, the compiler is to leave the vectors of a block one after another. */
  private static int step(int i) {
    return LANES > 8 ? i + LANES : Loops.next(i, LANES);
  }

  @Override
  float element(long row, int column) {
    return Memory.getBf16(scaleAddress(row) + 2L * (column / BLOCK)) * Memory.getByte(rowAddress(row) + column);
  }
}
