package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.IN_RANGE;
import static org.terraformer.cpu.vector.Memory.ONE_STRIDE;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.BYTES_OF_LANES;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.FloatVector;

/** Four vectors by four rows of floats: 16 sums, with what they are made of 24 registers, for processors that have 32. */
final class FourVectorTile {
  static final int VECTORS = 4;
  /** Vectors of 512 bits come with twice as many registers. */
  static final boolean FITS = LANES > 8;

  private FourVectorTile() {}

  /**
   * Leaves the vectors of sums in memory, those of the four rows with the first vector, with the second, and so on.
   *
   * @param xStride bytes from a vector to the next
   * @param rowStride bytes from a row to the next
   * @param columns whole vectors of lanes
   */
  static void multiply(long x, long xStride, long row, long rowStride, int columns, long sums) {
    long a = Memory.inRange(x);
    long b = Memory.inRange(row);
    long nextX = xStride & ONE_STRIDE;
    long lastX = 3 * nextX;
    long nextRow = rowStride & ONE_STRIDE;
    long lastRow = 3 * nextRow;
    FloatVector s00 = FloatVector.zero(FLOATS);
    FloatVector s01 = FloatVector.zero(FLOATS);
    FloatVector s02 = FloatVector.zero(FLOATS);
    FloatVector s03 = FloatVector.zero(FLOATS);
    FloatVector s10 = FloatVector.zero(FLOATS);
    FloatVector s11 = FloatVector.zero(FLOATS);
    FloatVector s12 = FloatVector.zero(FLOATS);
    FloatVector s13 = FloatVector.zero(FLOATS);
    FloatVector s20 = FloatVector.zero(FLOATS);
    FloatVector s21 = FloatVector.zero(FLOATS);
    FloatVector s22 = FloatVector.zero(FLOATS);
    FloatVector s23 = FloatVector.zero(FLOATS);
    FloatVector s30 = FloatVector.zero(FLOATS);
    FloatVector s31 = FloatVector.zero(FLOATS);
    FloatVector s32 = FloatVector.zero(FLOATS);
    FloatVector s33 = FloatVector.zero(FLOATS);
    for (int i = 0; i < columns; i = Loops.next(i, LANES)) {
      FloatVector u0 = FloatVector.fromMemorySegment(FLOATS, ALL, a, ORDER);
      FloatVector u1 = FloatVector.fromMemorySegment(FLOATS, ALL, a + nextX, ORDER);
      FloatVector u2 = FloatVector.fromMemorySegment(FLOATS, ALL, a + 2 * nextX, ORDER);
      FloatVector u3 = FloatVector.fromMemorySegment(FLOATS, ALL, a + lastX, ORDER);
      FloatVector v0 = FloatVector.fromMemorySegment(FLOATS, ALL, b, ORDER);
      s00 = v0.fma(u0, s00);
      s01 = v0.fma(u1, s01);
      s02 = v0.fma(u2, s02);
      s03 = v0.fma(u3, s03);
      FloatVector v1 = FloatVector.fromMemorySegment(FLOATS, ALL, b + nextRow, ORDER);
      s10 = v1.fma(u0, s10);
      s11 = v1.fma(u1, s11);
      s12 = v1.fma(u2, s12);
      s13 = v1.fma(u3, s13);
      FloatVector v2 = FloatVector.fromMemorySegment(FLOATS, ALL, b + 2 * nextRow, ORDER);
      s20 = v2.fma(u0, s20);
      s21 = v2.fma(u1, s21);
      s22 = v2.fma(u2, s22);
      s23 = v2.fma(u3, s23);
      FloatVector v3 = FloatVector.fromMemorySegment(FLOATS, ALL, b + lastRow, ORDER);
      s30 = v3.fma(u0, s30);
      s31 = v3.fma(u1, s31);
      s32 = v3.fma(u2, s32);
      s33 = v3.fma(u3, s33);
      a = a + BYTES_OF_LANES & IN_RANGE;
      b = b + BYTES_OF_LANES & IN_RANGE;
    }
    s00.intoMemorySegment(ALL, sums, ORDER);
    s10.intoMemorySegment(ALL, sums + BYTES_OF_LANES, ORDER);
    s20.intoMemorySegment(ALL, sums + 2 * BYTES_OF_LANES, ORDER);
    s30.intoMemorySegment(ALL, sums + 3 * BYTES_OF_LANES, ORDER);
    s01.intoMemorySegment(ALL, sums + 4 * BYTES_OF_LANES, ORDER);
    s11.intoMemorySegment(ALL, sums + 5 * BYTES_OF_LANES, ORDER);
    s21.intoMemorySegment(ALL, sums + 6 * BYTES_OF_LANES, ORDER);
    s31.intoMemorySegment(ALL, sums + 7 * BYTES_OF_LANES, ORDER);
    s02.intoMemorySegment(ALL, sums + 8 * BYTES_OF_LANES, ORDER);
    s12.intoMemorySegment(ALL, sums + 9 * BYTES_OF_LANES, ORDER);
    s22.intoMemorySegment(ALL, sums + 10 * BYTES_OF_LANES, ORDER);
    s32.intoMemorySegment(ALL, sums + 11 * BYTES_OF_LANES, ORDER);
    s03.intoMemorySegment(ALL, sums + 12 * BYTES_OF_LANES, ORDER);
    s13.intoMemorySegment(ALL, sums + 13 * BYTES_OF_LANES, ORDER);
    s23.intoMemorySegment(ALL, sums + 14 * BYTES_OF_LANES, ORDER);
    s33.intoMemorySegment(ALL, sums + 15 * BYTES_OF_LANES, ORDER);
  }

  /** Reads four rows for nothing; what it adds up goes into memory, as the compiler would leave the loads out. */
  static void touch(long row, long rowStride, int columns, long sums) {
    long b0 = Memory.inRange(row);
    long b1 = Memory.inRange(b0 + rowStride);
    long b2 = Memory.inRange(b1 + rowStride);
    long b3 = Memory.inRange(b2 + rowStride);
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = FloatVector.zero(FLOATS);
    for (int i = 0; i < columns; i += LANES) {
      s0 = s0.add(FloatVector.fromMemorySegment(FLOATS, ALL, b0 + 4L * i, ORDER));
      s1 = s1.add(FloatVector.fromMemorySegment(FLOATS, ALL, b1 + 4L * i, ORDER));
      s0 = s0.add(FloatVector.fromMemorySegment(FLOATS, ALL, b2 + 4L * i, ORDER));
      s1 = s1.add(FloatVector.fromMemorySegment(FLOATS, ALL, b3 + 4L * i, ORDER));
    }
    s0.add(s1).intoMemorySegment(ALL, sums, ORDER);
  }
}
