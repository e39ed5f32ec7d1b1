package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.LaneSum.EIGHTH;
import static org.terraformer.cpu.vector.LaneSum.HALF;
import static org.terraformer.cpu.vector.LaneSum.QUARTER;
import static org.terraformer.cpu.vector.LaneSum.SCALE;
import static org.terraformer.cpu.vector.LaneSum.SCALE_OF_EIGHTHS;
import static org.terraformer.cpu.vector.LaneSum.SIXTEENTH;
import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.IN_RANGE;
import static org.terraformer.cpu.vector.Memory.ONE_STRIDE;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.BYTES_OF_LANES;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * Dot products and sums of F32 rows. The order of the additions in a product depends on the shape of the work alone, never on the workers.
 * Several products at a time keep the pipeline full and, with several x, use what was loaded of the weights again.
 */
final class F32Rows extends RowKernel {
  private static final int LARGEST_TILE = 3;

  /**
   * @param rowBytes from a row to the next, which may have more columns
   */
  F32Rows(long address, long columns, long rowBytes) {
    super(address, 0, columns, rowBytes);
  }

  @Override
  float dot(long x, long row) {
    int n = columns;
    long x0 = Memory.inRange(x);
    long w0 = Memory.inRange(rowAddress(row));
    FloatVector sum0 = FloatVector.zero(FLOATS);
    int end = n - n % LANES;
    for (int i = 0; i < end; i = Loops.next(i, LANES)) {
      FloatVector v0 = FloatVector.fromMemorySegment(FLOATS, ALL, w0 + 4L * i, ORDER);
      FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, ALL, x0 + 4L * i, ORDER);
      sum0 = v0.fma(u0, sum0);
    }
    sum0 = sum0.add(sum0.rearrange(HALF));
    sum0 = sum0.add(sum0.rearrange(QUARTER));
    sum0 = sum0.add(sum0.rearrange(EIGHTH));
    sum0 = sum0.add(sum0.rearrange(SIXTEENTH));
    float r0 = sum0.lane(0) * SCALE;
    for (int i = end; i < n; i++) {
      r0 += Memory.getFloat(w0 + 4L * i) * Memory.getFloat(x + 4L * i);
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
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = FloatVector.zero(FLOATS);
    FloatVector sum2 = FloatVector.zero(FLOATS);
    FloatVector sum3 = FloatVector.zero(FLOATS);
    int whole = n - n % (4 * LANES);
    int end = n - n % LANES;
    for (int i = 0; i < whole; i = Loops.next(i, 4 * LANES)) {
      long u = x0 + 4L * i;
      long p0 = w0 + 4L * i;
      long p1 = w1 + 4L * i;
      long p2 = w2 + 4L * i;
      long p3 = w3 + 4L * i;
      FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, ALL, u, ORDER);
      sum0 = u0.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p0, ORDER), sum0);
      sum1 = u0.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p1, ORDER), sum1);
      sum2 = u0.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p2, ORDER), sum2);
      sum3 = u0.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p3, ORDER), sum3);
      FloatVector u1 = FloatVector.fromMemorySegment(FLOATS, ALL, u + BYTES_OF_LANES, ORDER);
      sum0 = u1.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p0 + BYTES_OF_LANES, ORDER), sum0);
      sum1 = u1.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p1 + BYTES_OF_LANES, ORDER), sum1);
      sum2 = u1.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p2 + BYTES_OF_LANES, ORDER), sum2);
      sum3 = u1.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p3 + BYTES_OF_LANES, ORDER), sum3);
      FloatVector u2 = FloatVector.fromMemorySegment(FLOATS, ALL, u + 2 * BYTES_OF_LANES, ORDER);
      sum0 = u2.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p0 + 2 * BYTES_OF_LANES, ORDER), sum0);
      sum1 = u2.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p1 + 2 * BYTES_OF_LANES, ORDER), sum1);
      sum2 = u2.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p2 + 2 * BYTES_OF_LANES, ORDER), sum2);
      sum3 = u2.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p3 + 2 * BYTES_OF_LANES, ORDER), sum3);
      FloatVector u3 = FloatVector.fromMemorySegment(FLOATS, ALL, u + 3 * BYTES_OF_LANES, ORDER);
      sum0 = u3.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p0 + 3 * BYTES_OF_LANES, ORDER), sum0);
      sum1 = u3.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p1 + 3 * BYTES_OF_LANES, ORDER), sum1);
      sum2 = u3.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p2 + 3 * BYTES_OF_LANES, ORDER), sum2);
      sum3 = u3.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p3 + 3 * BYTES_OF_LANES, ORDER), sum3);
    }
    // No loop: the compiler keeps a second one's sums in memory.
    if (whole < end) {
      long i = whole & Integer.MAX_VALUE;
      long u = x0 + 4L * i;
      long p0 = w0 + 4L * i;
      long p1 = w1 + 4L * i;
      long p2 = w2 + 4L * i;
      long p3 = w3 + 4L * i;
      FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, ALL, u, ORDER);
      sum0 = u0.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p0, ORDER), sum0);
      sum1 = u0.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p1, ORDER), sum1);
      sum2 = u0.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p2, ORDER), sum2);
      sum3 = u0.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p3, ORDER), sum3);
      if (whole + LANES < end) {
        FloatVector u1 = FloatVector.fromMemorySegment(FLOATS, ALL, u + BYTES_OF_LANES, ORDER);
        sum0 = u1.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p0 + BYTES_OF_LANES, ORDER), sum0);
        sum1 = u1.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p1 + BYTES_OF_LANES, ORDER), sum1);
        sum2 = u1.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p2 + BYTES_OF_LANES, ORDER), sum2);
        sum3 = u1.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p3 + BYTES_OF_LANES, ORDER), sum3);
        if (whole + 2 * LANES < end) {
          FloatVector u2 = FloatVector.fromMemorySegment(FLOATS, ALL, u + 2 * BYTES_OF_LANES, ORDER);
          sum0 = u2.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p0 + 2 * BYTES_OF_LANES, ORDER), sum0);
          sum1 = u2.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p1 + 2 * BYTES_OF_LANES, ORDER), sum1);
          sum2 = u2.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p2 + 2 * BYTES_OF_LANES, ORDER), sum2);
          sum3 = u2.fma(FloatVector.fromMemorySegment(FLOATS, ALL, p3 + 2 * BYTES_OF_LANES, ORDER), sum3);
        }
      }
    }
    sum0 = sum0.add(sum0.rearrange(HALF));
    sum0 = sum0.add(sum0.rearrange(QUARTER));
    sum0 = sum0.add(sum0.rearrange(EIGHTH));
    sum1 = sum1.add(sum1.rearrange(HALF));
    sum1 = sum1.add(sum1.rearrange(QUARTER));
    sum1 = sum1.add(sum1.rearrange(EIGHTH));
    sum2 = sum2.add(sum2.rearrange(HALF));
    sum2 = sum2.add(sum2.rearrange(QUARTER));
    sum2 = sum2.add(sum2.rearrange(EIGHTH));
    sum3 = sum3.add(sum3.rearrange(HALF));
    sum3 = sum3.add(sum3.rearrange(QUARTER));
    sum3 = sum3.add(sum3.rearrange(EIGHTH));
    if (LANES > 8) {
      sum0 = sum0.add(sum0.rearrange(SIXTEENTH));
      sum1 = sum1.add(sum1.rearrange(SIXTEENTH));
      sum2 = sum2.add(sum2.rearrange(SIXTEENTH));
      sum3 = sum3.add(sum3.rearrange(SIXTEENTH));
    }
    Memory.setFloat(y, sum0.lane(0) * SCALE_OF_EIGHTHS);
    Memory.setFloat(y + next, sum1.lane(0) * SCALE_OF_EIGHTHS);
    Memory.setFloat(y + 2 * next, sum2.lane(0) * SCALE_OF_EIGHTHS);
    Memory.setFloat(y + 3 * next, sum3.lane(0) * SCALE_OF_EIGHTHS);
    if (end == n) {
      return;
    }
    float t0 = Memory.getFloat(y);
    float t1 = Memory.getFloat(y + next);
    float t2 = Memory.getFloat(y + 2 * next);
    float t3 = Memory.getFloat(y + 3 * next);
    for (int i = end; i < n; i++) {
      t0 += Memory.getFloat(w0 + 4L * i) * Memory.getFloat(x + 4L * i);
      t1 += Memory.getFloat(w1 + 4L * i) * Memory.getFloat(x + 4L * i);
      t2 += Memory.getFloat(w2 + 4L * i) * Memory.getFloat(x + 4L * i);
      t3 += Memory.getFloat(w3 + 4L * i) * Memory.getFloat(x + 4L * i);
    }
    Memory.setFloat(y, t0);
    Memory.setFloat(y + next, t1);
    Memory.setFloat(y + 2 * next, t2);
    Memory.setFloat(y + 3 * next, t3);
  }

  /** Two steps for each turn, with a fence behind each (see {@link Fences}). */
  @Override
  void dot2x4(long x, long xStride, long row, long step, long y, long yStride, long scratch) {
    long a = Memory.inRange(x);
    long b = Memory.inRange(rowAddress(row));
    long nextX = xStride & ONE_STRIDE;
    long nextRow = stride(step) & ONE_STRIDE;
    long lastRow = 3 * nextRow;
    long first = Fences.NEVER_REACHED[0];
    FloatVector s00 = FloatVector.zero(FLOATS);
    FloatVector s01 = FloatVector.zero(FLOATS);
    FloatVector s10 = FloatVector.zero(FLOATS);
    FloatVector s11 = FloatVector.zero(FLOATS);
    FloatVector s20 = FloatVector.zero(FLOATS);
    FloatVector s21 = FloatVector.zero(FLOATS);
    FloatVector s30 = FloatVector.zero(FLOATS);
    FloatVector s31 = FloatVector.zero(FLOATS);
    int end = columns - columns % LANES;
    int i = 0;
    for (; i + 2 * LANES <= end; i += 2 * LANES) {
      FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, ALL, a, ORDER);
      FloatVector u1 = FloatVector.fromMemorySegment(FLOATS, ALL, a + nextX, ORDER);
      FloatVector v0 = FloatVector.fromMemorySegment(FLOATS, ALL, b, ORDER);
      s00 = v0.fma(u0, s00);
      s01 = v0.fma(u1, s01);
      FloatVector v1 = FloatVector.fromMemorySegment(FLOATS, ALL, b + nextRow, ORDER);
      s10 = v1.fma(u0, s10);
      s11 = v1.fma(u1, s11);
      FloatVector v2 = FloatVector.fromMemorySegment(FLOATS, ALL, b + 2 * nextRow, ORDER);
      s20 = v2.fma(u0, s20);
      s21 = v2.fma(u1, s21);
      FloatVector v3 = FloatVector.fromMemorySegment(FLOATS, ALL, b + lastRow, ORDER);
      s30 = v3.fma(u0, s30);
      s31 = v3.fma(u1, s31);
      if (a > first) {
        break;
      }
      FloatVector nu0 = FloatVector.fromMemorySegment(FLOATS, ALL, a + BYTES_OF_LANES, ORDER);
      FloatVector nu1 = FloatVector.fromMemorySegment(FLOATS, ALL, a + nextX + BYTES_OF_LANES, ORDER);
      FloatVector nv0 = FloatVector.fromMemorySegment(FLOATS, ALL, b + BYTES_OF_LANES, ORDER);
      s00 = nv0.fma(nu0, s00);
      s01 = nv0.fma(nu1, s01);
      FloatVector nv1 = FloatVector.fromMemorySegment(FLOATS, ALL, b + nextRow + BYTES_OF_LANES, ORDER);
      s10 = nv1.fma(nu0, s10);
      s11 = nv1.fma(nu1, s11);
      FloatVector nv2 = FloatVector.fromMemorySegment(FLOATS, ALL, b + 2 * nextRow + BYTES_OF_LANES, ORDER);
      s20 = nv2.fma(nu0, s20);
      s21 = nv2.fma(nu1, s21);
      FloatVector nv3 = FloatVector.fromMemorySegment(FLOATS, ALL, b + lastRow + BYTES_OF_LANES, ORDER);
      s30 = nv3.fma(nu0, s30);
      s31 = nv3.fma(nu1, s31);
      if (b > first) {
        break;
      }
      a = a + 2 * BYTES_OF_LANES & IN_RANGE;
      b = b + 2 * BYTES_OF_LANES & IN_RANGE;
    }
    if (i < end) {
      FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, ALL, a, ORDER);
      FloatVector u1 = FloatVector.fromMemorySegment(FLOATS, ALL, a + nextX, ORDER);
      FloatVector v0 = FloatVector.fromMemorySegment(FLOATS, ALL, b, ORDER);
      s00 = v0.fma(u0, s00);
      s01 = v0.fma(u1, s01);
      FloatVector v1 = FloatVector.fromMemorySegment(FLOATS, ALL, b + nextRow, ORDER);
      s10 = v1.fma(u0, s10);
      s11 = v1.fma(u1, s11);
      FloatVector v2 = FloatVector.fromMemorySegment(FLOATS, ALL, b + 2 * nextRow, ORDER);
      s20 = v2.fma(u0, s20);
      s21 = v2.fma(u1, s21);
      FloatVector v3 = FloatVector.fromMemorySegment(FLOATS, ALL, b + lastRow, ORDER);
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
    if (end < columns) {
      addColumns(x, xStride, 2, row, step, 4, end, y, yStride);
    }
  }

  @Override
  void dotLargestTile(long x, long xStride, long row, long step, long y, long yStride, long scratch) {
    if (!FourVectorTile.FITS) {
      dot3x4(x, xStride, row, step, y, yStride, scratch);
      return;
    }
    int end = columns - columns % LANES;
    FourVectorTile.multiply(x, xStride, rowAddress(row), stride(step), end, scratch);
    for (int vector = 0; vector < FourVectorTile.VECTORS; vector++) {
      LaneSum.store(scratch + 4 * vector * BYTES_OF_LANES, y + vector * yStride, 4 * step);
    }
    if (end < columns) {
      addColumns(x, xStride, FourVectorTile.VECTORS, row, step, 4, end, y, yStride);
    }
  }

  @Override
  void touch(long row, long step, long scratch) {
    if (FourVectorTile.FITS) {
      FourVectorTile.touch(rowAddress(row), stride(step), columns - columns % LANES, scratch);
    }
  }

  /**
   * Three vectors by four rows, two steps for each turn: twelve sums, and of the second step a fence for each row, as each needs the last free
   * register. The first is left in order by itself (see {@link SixRowTile}).
   */
  private void dot3x4(long x, long xStride, long row, long step, long y, long yStride, long scratch) {
    long a = Memory.inRange(x);
    long b = Memory.inRange(rowAddress(row));
    long nextX = xStride & ONE_STRIDE;
    long nextRow = stride(step) & ONE_STRIDE;
    long lastRow = 3 * nextRow;
    long first = Fences.NEVER_REACHED[0];
    long second = Fences.NEVER_REACHED[1];
    FloatVector s00 = FloatVector.zero(FLOATS);
    FloatVector s01 = FloatVector.zero(FLOATS);
    FloatVector s02 = FloatVector.zero(FLOATS);
    FloatVector s10 = FloatVector.zero(FLOATS);
    FloatVector s11 = FloatVector.zero(FLOATS);
    FloatVector s12 = FloatVector.zero(FLOATS);
    FloatVector s20 = FloatVector.zero(FLOATS);
    FloatVector s21 = FloatVector.zero(FLOATS);
    FloatVector s22 = FloatVector.zero(FLOATS);
    FloatVector s30 = FloatVector.zero(FLOATS);
    FloatVector s31 = FloatVector.zero(FLOATS);
    FloatVector s32 = FloatVector.zero(FLOATS);
    int end = columns - columns % LANES;
    int pairs = columns - columns % (2 * LANES);
    for (int i = 0; i < pairs; i += 2 * LANES) {
      FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, ALL, a, ORDER);
      FloatVector u1 = FloatVector.fromMemorySegment(FLOATS, ALL, a + nextX, ORDER);
      FloatVector u2 = FloatVector.fromMemorySegment(FLOATS, ALL, a + 2 * nextX, ORDER);
      FloatVector v0 = FloatVector.fromMemorySegment(FLOATS, ALL, b, ORDER);
      s00 = v0.fma(u0, s00);
      s01 = v0.fma(u1, s01);
      s02 = v0.fma(u2, s02);
      FloatVector v1 = FloatVector.fromMemorySegment(FLOATS, ALL, b + nextRow, ORDER);
      s10 = v1.fma(u0, s10);
      s11 = v1.fma(u1, s11);
      s12 = v1.fma(u2, s12);
      FloatVector v2 = FloatVector.fromMemorySegment(FLOATS, ALL, b + 2 * nextRow, ORDER);
      s20 = v2.fma(u0, s20);
      s21 = v2.fma(u1, s21);
      s22 = v2.fma(u2, s22);
      FloatVector v3 = FloatVector.fromMemorySegment(FLOATS, ALL, b + lastRow, ORDER);
      s30 = v3.fma(u0, s30);
      s31 = v3.fma(u1, s31);
      s32 = v3.fma(u2, s32);
      if (a > first) {
        break;
      }
      FloatVector nu0 = FloatVector.fromMemorySegment(FLOATS, ALL, a + BYTES_OF_LANES, ORDER);
      FloatVector nu1 = FloatVector.fromMemorySegment(FLOATS, ALL, a + nextX + BYTES_OF_LANES, ORDER);
      FloatVector nu2 = FloatVector.fromMemorySegment(FLOATS, ALL, a + 2 * nextX + BYTES_OF_LANES, ORDER);
      FloatVector nv0 = FloatVector.fromMemorySegment(FLOATS, ALL, b + BYTES_OF_LANES, ORDER);
      s00 = nv0.fma(nu0, s00);
      s01 = nv0.fma(nu1, s01);
      s02 = nv0.fma(nu2, s02);
      if (b > first) {
        break;
      }
      FloatVector nv1 = FloatVector.fromMemorySegment(FLOATS, ALL, b + nextRow + BYTES_OF_LANES, ORDER);
      s10 = nv1.fma(nu0, s10);
      s11 = nv1.fma(nu1, s11);
      s12 = nv1.fma(nu2, s12);
      if (a > second) {
        break;
      }
      Fences.passLimit(nu0);
      FloatVector nv2 = FloatVector.fromMemorySegment(FLOATS, ALL, b + 2 * nextRow + BYTES_OF_LANES, ORDER);
      s20 = nv2.fma(nu0, s20);
      s21 = nv2.fma(nu1, s21);
      s22 = nv2.fma(nu2, s22);
      if (b > second) {
        break;
      }
      FloatVector nv3 = FloatVector.fromMemorySegment(FLOATS, ALL, b + lastRow + BYTES_OF_LANES, ORDER);
      s30 = nv3.fma(nu0, s30);
      s31 = nv3.fma(nu1, s31);
      s32 = nv3.fma(nu2, s32);
      a = a + 2 * BYTES_OF_LANES & IN_RANGE;
      b = b + 2 * BYTES_OF_LANES & IN_RANGE;
    }
    s00.intoMemorySegment(ALL, scratch, ORDER);
    s10.intoMemorySegment(ALL, scratch + BYTES_OF_LANES, ORDER);
    s20.intoMemorySegment(ALL, scratch + 2 * BYTES_OF_LANES, ORDER);
    s30.intoMemorySegment(ALL, scratch + 3 * BYTES_OF_LANES, ORDER);
    s01.intoMemorySegment(ALL, scratch + 4 * BYTES_OF_LANES, ORDER);
    s11.intoMemorySegment(ALL, scratch + 5 * BYTES_OF_LANES, ORDER);
    s21.intoMemorySegment(ALL, scratch + 6 * BYTES_OF_LANES, ORDER);
    s31.intoMemorySegment(ALL, scratch + 7 * BYTES_OF_LANES, ORDER);
    s02.intoMemorySegment(ALL, scratch + 8 * BYTES_OF_LANES, ORDER);
    s12.intoMemorySegment(ALL, scratch + 9 * BYTES_OF_LANES, ORDER);
    s22.intoMemorySegment(ALL, scratch + 10 * BYTES_OF_LANES, ORDER);
    s32.intoMemorySegment(ALL, scratch + 11 * BYTES_OF_LANES, ORDER);
    if (pairs < end) {
      addStep(x + 4L * pairs, xStride, rowAddress(row) + 4L * pairs, nextRow, scratch);
    }
    LaneSum.store(scratch, y, 4 * step);
    LaneSum.store(scratch + 4 * BYTES_OF_LANES, y + yStride, 4 * step);
    LaneSum.store(scratch + 8 * BYTES_OF_LANES, y + 2 * yStride, 4 * step);
    if (end < columns) {
      addColumns(x, xStride, 3, row, step, 4, end, y, yStride);
    }
  }

  /** A step without a second one, added to the sums that a tile has left. */
  private static void addStep(long x, long xStride, long rows, long rowStride, long scratch) {
    for (int vector = 0; vector < LARGEST_TILE; vector++) {
      FloatVector u = FloatVector.fromMemorySegment(FLOATS, ALL, x + vector * xStride, ORDER);
      for (int row = 0; row < 4; row++) {
        long sum = scratch + (4 * vector + row) * BYTES_OF_LANES;
        FloatVector v = FloatVector.fromMemorySegment(FLOATS, ALL, rows + row * rowStride, ORDER);
        u.fma(v, FloatVector.fromMemorySegment(FLOATS, ALL, sum, ORDER)).intoMemorySegment(ALL, sum, ORDER);
      }
    }
  }

  @Override
  int tileOf(int vectors) {
    return FourVectorTile.FITS ? super.tileOf(vectors) : vectors == 4 ? 2 : Math.min(LARGEST_TILE, vectors);
  }

  @Override
  void addScaled(float factor, long row, long y, int from, int to) {
    long w0 = Memory.inRange(rowAddress(row));
    FloatVector a = FloatVector.broadcast(FLOATS, factor);
    long y0 = Memory.inRange(y);
    int start = from & Integer.MAX_VALUE;
    int whole = to - (to - start) % LANES;
    for (int i = start; i < whole; i += LANES) {
      FloatVector v0 = FloatVector.fromMemorySegment(FLOATS, ALL, w0 + 4L * i, ORDER);
      a.fma(v0, FloatVector.fromMemorySegment(FLOATS, ALL, y0 + 4L * i, ORDER)).intoMemorySegment(ALL, y0 + 4L * i, ORDER);
    }
    for (int i = whole; i < to; i++) {
      Memory.setFloat(y0 + 4L * i, Math.fma(factor, Memory.getFloat(w0 + 4L * i), Memory.getFloat(y0 + 4L * i)));
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
    FloatVector a0 = FloatVector.broadcast(FLOATS, f0);
    FloatVector a1 = FloatVector.broadcast(FLOATS, f1);
    FloatVector a2 = FloatVector.broadcast(FLOATS, f2);
    FloatVector a3 = FloatVector.broadcast(FLOATS, f3);
    long y0 = Memory.inRange(y);
    int start = from & Integer.MAX_VALUE;
    int whole = to - (to - start) % LANES;
    for (int i = start; i < whole; i += LANES) {
      FloatVector v0 = FloatVector.fromMemorySegment(FLOATS, ALL, w0 + 4L * i, ORDER);
      FloatVector v1 = FloatVector.fromMemorySegment(FLOATS, ALL, w1 + 4L * i, ORDER);
      FloatVector v2 = FloatVector.fromMemorySegment(FLOATS, ALL, w2 + 4L * i, ORDER);
      FloatVector v3 = FloatVector.fromMemorySegment(FLOATS, ALL, w3 + 4L * i, ORDER);
      FloatVector sum = FloatVector.fromMemorySegment(FLOATS, ALL, y0 + 4L * i, ORDER);
      a3.fma(v3, a2.fma(v2, a1.fma(v1, a0.fma(v0, sum)))).intoMemorySegment(ALL, y0 + 4L * i, ORDER);
    }
    for (int i = whole; i < to; i++) {
      float sum = Memory.getFloat(y0 + 4L * i);
      sum = Math.fma(f0, Memory.getFloat(w0 + 4L * i), sum);
      sum = Math.fma(f1, Memory.getFloat(w1 + 4L * i), sum);
      sum = Math.fma(f2, Memory.getFloat(w2 + 4L * i), sum);
      sum = Math.fma(f3, Memory.getFloat(w3 + 4L * i), sum);
      Memory.setFloat(y0 + 4L * i, sum);
    }
  }

  @Override
  void addScaled8(long entries, long y, int from, int to) {
    long w0 = Memory.inRange(rowAddress(row(entries)));
    long w1 = Memory.inRange(rowAddress(row(entries + ENTRY_BYTES)));
    long w2 = Memory.inRange(rowAddress(row(entries + 2 * ENTRY_BYTES)));
    long w3 = Memory.inRange(rowAddress(row(entries + 3 * ENTRY_BYTES)));
    long w4 = Memory.inRange(rowAddress(row(entries + 4 * ENTRY_BYTES)));
    long w5 = Memory.inRange(rowAddress(row(entries + 5 * ENTRY_BYTES)));
    long w6 = Memory.inRange(rowAddress(row(entries + 6 * ENTRY_BYTES)));
    long w7 = Memory.inRange(rowAddress(row(entries + 7 * ENTRY_BYTES)));
    FloatVector a0 = FloatVector.broadcast(FLOATS, factor(entries));
    FloatVector a1 = FloatVector.broadcast(FLOATS, factor(entries + ENTRY_BYTES));
    FloatVector a2 = FloatVector.broadcast(FLOATS, factor(entries + 2 * ENTRY_BYTES));
    FloatVector a3 = FloatVector.broadcast(FLOATS, factor(entries + 3 * ENTRY_BYTES));
    FloatVector a4 = FloatVector.broadcast(FLOATS, factor(entries + 4 * ENTRY_BYTES));
    FloatVector a5 = FloatVector.broadcast(FLOATS, factor(entries + 5 * ENTRY_BYTES));
    FloatVector a6 = FloatVector.broadcast(FLOATS, factor(entries + 6 * ENTRY_BYTES));
    FloatVector a7 = FloatVector.broadcast(FLOATS, factor(entries + 7 * ENTRY_BYTES));
    long y0 = Memory.inRange(y);
    int start = from & Integer.MAX_VALUE;
    int whole = to - (to - start) % LANES;
    for (int i = start; i < whole; i += LANES) {
      FloatVector sum = FloatVector.fromMemorySegment(FLOATS, ALL, y0 + 4L * i, ORDER);
      sum = a0.fma(FloatVector.fromMemorySegment(FLOATS, ALL, w0 + 4L * i, ORDER), sum);
      sum = a1.fma(FloatVector.fromMemorySegment(FLOATS, ALL, w1 + 4L * i, ORDER), sum);
      sum = a2.fma(FloatVector.fromMemorySegment(FLOATS, ALL, w2 + 4L * i, ORDER), sum);
      sum = a3.fma(FloatVector.fromMemorySegment(FLOATS, ALL, w3 + 4L * i, ORDER), sum);
      sum = a4.fma(FloatVector.fromMemorySegment(FLOATS, ALL, w4 + 4L * i, ORDER), sum);
      sum = a5.fma(FloatVector.fromMemorySegment(FLOATS, ALL, w5 + 4L * i, ORDER), sum);
      sum = a6.fma(FloatVector.fromMemorySegment(FLOATS, ALL, w6 + 4L * i, ORDER), sum);
      sum = a7.fma(FloatVector.fromMemorySegment(FLOATS, ALL, w7 + 4L * i, ORDER), sum);
      sum.intoMemorySegment(ALL, y0 + 4L * i, ORDER);
    }
    for (int i = whole; i < to; i++) {
      float sum = Memory.getFloat(y0 + 4L * i);
      for (long entry = entries; entry < entries + TOGETHER * ENTRY_BYTES; entry += ENTRY_BYTES) {
        sum = Math.fma(factor(entry), Memory.getFloat(rowAddress(row(entry)) + 4L * i), sum);
      }
      Memory.setFloat(y0 + 4L * i, sum);
    }
  }

  @Override
  float element(long row, int column) {
    return Memory.getFloat(rowAddress(row) + 4L * column);
  }
}
