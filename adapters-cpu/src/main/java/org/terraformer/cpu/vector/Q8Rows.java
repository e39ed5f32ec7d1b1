package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.LaneSum.EIGHTH;
import static org.terraformer.cpu.vector.LaneSum.HALF;
import static org.terraformer.cpu.vector.LaneSum.QUARTER;
import static org.terraformer.cpu.vector.LaneSum.SCALE;
import static org.terraformer.cpu.vector.LaneSum.SIXTEENTH;
import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.BYTES;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Dot products and sums of Q8 rows. Every product has one vector of partial sums, filled in the order of the columns, whatever the number
 * of rows that are worked on together: so the shape of the work never changes a bit. Four products at a time keep the pipeline full and,
 * with several x, use what was loaded of the weights again.
 */
final class Q8Rows extends RowKernel {

  Q8Rows(long address, long scales, long columns) {
    super(address, scales, columns, 1);
  }

  @Override
  float dot(long x, long row) {
    int n = columns;
    long w0 = rowAddress(row);
    long s0 = scaleAddress(row);
    FloatVector sum0 = FloatVector.zero(FLOATS);
    int end = n - n % BLOCK;
    for (int block = 0; block < end; block += BLOCK) {
      FloatVector part0 = FloatVector.zero(FLOATS);
      for (int i = block; i < block + BLOCK; i += LANES) {
        FloatVector v0 = (FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w0 + i, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0);
        FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER);
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
  void dot4Rows(long x, long row, long y) {
    int n = columns;
    long w0 = rowAddress(row);
    long w1 = rowAddress(row + 1);
    long w2 = rowAddress(row + 2);
    long w3 = rowAddress(row + 3);
    long s0 = scaleAddress(row);
    long s1 = scaleAddress(row + 1);
    long s2 = scaleAddress(row + 2);
    long s3 = scaleAddress(row + 3);
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = FloatVector.zero(FLOATS);
    FloatVector sum2 = FloatVector.zero(FLOATS);
    FloatVector sum3 = FloatVector.zero(FLOATS);
    int end = n - n % BLOCK;
    for (int block = 0; block < end; block += BLOCK) {
      FloatVector part0 = FloatVector.zero(FLOATS);
      FloatVector part1 = FloatVector.zero(FLOATS);
      FloatVector part2 = FloatVector.zero(FLOATS);
      FloatVector part3 = FloatVector.zero(FLOATS);
      for (int i = block; i < block + BLOCK; i += LANES) {
        FloatVector v0 = (FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w0 + i, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0);
        FloatVector v1 = (FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w1 + i, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0);
        FloatVector v2 = (FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w2 + i, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0);
        FloatVector v3 = (FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w3 + i, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0);
        FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER);
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
    float r0 = sum0.lane(0) * SCALE;
    float r1 = sum1.lane(0) * SCALE;
    float r2 = sum2.lane(0) * SCALE;
    float r3 = sum3.lane(0) * SCALE;
    for (int i = end; i < n; i++) {
      r0 += Memory.getBf16(s0 + 2L * (i / BLOCK)) * Memory.getByte(w0 + i) * Memory.getFloat(x + 4L * i);
      r1 += Memory.getBf16(s1 + 2L * (i / BLOCK)) * Memory.getByte(w1 + i) * Memory.getFloat(x + 4L * i);
      r2 += Memory.getBf16(s2 + 2L * (i / BLOCK)) * Memory.getByte(w2 + i) * Memory.getFloat(x + 4L * i);
      r3 += Memory.getBf16(s3 + 2L * (i / BLOCK)) * Memory.getByte(w3 + i) * Memory.getFloat(x + 4L * i);
    }
    Memory.setFloat(y, r0);
    Memory.setFloat(y + 4, r1);
    Memory.setFloat(y + 8, r2);
    Memory.setFloat(y + 12, r3);
  }

  @Override
  void dot4Vectors(long x, long xStride, long row, long y, long yStride) {
    int n = columns;
    long w0 = rowAddress(row);
    long s0 = scaleAddress(row);
    long x0 = x;
    long x1 = x + 1 * xStride;
    long x2 = x + 2 * xStride;
    long x3 = x + 3 * xStride;
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = FloatVector.zero(FLOATS);
    FloatVector sum2 = FloatVector.zero(FLOATS);
    FloatVector sum3 = FloatVector.zero(FLOATS);
    int end = n - n % BLOCK;
    for (int block = 0; block < end; block += BLOCK) {
      FloatVector part0 = FloatVector.zero(FLOATS);
      FloatVector part1 = FloatVector.zero(FLOATS);
      FloatVector part2 = FloatVector.zero(FLOATS);
      FloatVector part3 = FloatVector.zero(FLOATS);
      for (int i = block; i < block + BLOCK; i += LANES) {
        FloatVector v0 = (FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w0 + i, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0);
        FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, ALL, x0 + 4L * i, ORDER);
        FloatVector u1 = FloatVector.fromMemorySegment(FLOATS, ALL, x1 + 4L * i, ORDER);
        FloatVector u2 = FloatVector.fromMemorySegment(FLOATS, ALL, x2 + 4L * i, ORDER);
        FloatVector u3 = FloatVector.fromMemorySegment(FLOATS, ALL, x3 + 4L * i, ORDER);
        part0 = v0.fma(u0, part0);
        part1 = v0.fma(u1, part1);
        part2 = v0.fma(u2, part2);
        part3 = v0.fma(u3, part3);
      }
      float f0 = Memory.getBf16(s0 + 2L * (block / BLOCK));
      sum0 = part0.fma(FloatVector.broadcast(FLOATS, f0), sum0);
      sum1 = part1.fma(FloatVector.broadcast(FLOATS, f0), sum1);
      sum2 = part2.fma(FloatVector.broadcast(FLOATS, f0), sum2);
      sum3 = part3.fma(FloatVector.broadcast(FLOATS, f0), sum3);
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
    float r0 = sum0.lane(0) * SCALE;
    float r1 = sum1.lane(0) * SCALE;
    float r2 = sum2.lane(0) * SCALE;
    float r3 = sum3.lane(0) * SCALE;
    for (int i = end; i < n; i++) {
      r0 += Memory.getBf16(s0 + 2L * (i / BLOCK)) * Memory.getByte(w0 + i) * Memory.getFloat(x0 + 4L * i);
      r1 += Memory.getBf16(s0 + 2L * (i / BLOCK)) * Memory.getByte(w0 + i) * Memory.getFloat(x1 + 4L * i);
      r2 += Memory.getBf16(s0 + 2L * (i / BLOCK)) * Memory.getByte(w0 + i) * Memory.getFloat(x2 + 4L * i);
      r3 += Memory.getBf16(s0 + 2L * (i / BLOCK)) * Memory.getByte(w0 + i) * Memory.getFloat(x3 + 4L * i);
    }
    Memory.setFloat(y, r0);
    Memory.setFloat(y + 1 * yStride, r1);
    Memory.setFloat(y + 2 * yStride, r2);
    Memory.setFloat(y + 3 * yStride, r3);
  }

  @Override
  void addScaled(float factor, long row, long y, int from, int to) {
    long w0 = rowAddress(row);
    long s0 = scaleAddress(row);
    int i = from;
    for (; i + BLOCK <= to; i += BLOCK) {
      FloatVector a = FloatVector.broadcast(FLOATS, factor * Memory.getBf16(s0 + 2L * (i / BLOCK)));
      for (int j = i; j < i + BLOCK; j += LANES) {
        FloatVector v0 = (FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, w0 + j, ORDER)
            .convertShape(VectorOperators.B2F, FLOATS, 0);
        FloatVector.fromMemorySegment(FLOATS, ALL, y + 4L * j, ORDER).lanewise(VectorOperators.ADD, a.mul(v0))
            .intoMemorySegment(ALL, y + 4L * j, ORDER);
      }
    }
    for (; i < to; i++) {
      float a = factor * Memory.getBf16(s0 + 2L * (i / BLOCK));
      Memory.setFloat(y + 4L * i, Memory.getFloat(y + 4L * i) + a * Memory.getByte(w0 + i));
    }
  }

  @Override
  void read(long row, long y) {
    long w0 = rowAddress(row);
    long s0 = scaleAddress(row);
    for (int i = 0; i < columns; i++) {
      Memory.setFloat(y + 4L * i, Memory.getBf16(s0 + 2L * (i / BLOCK)) * Memory.getByte(w0 + i));
    }
  }
}
