package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.FLOAT;
import static org.terraformer.cpu.vector.Memory.IN_RANGE;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * Twelve rows by two vectors: 24 sums, for machines with 32 vector registers, in which the compiler keeps them without {@link Fences}, although no
 * address is checked. 24 additions behind the loop would be more than the first compiler takes, so that what ends with one goes through memory.
 */
final class TwelveRowTile extends ProductTile {

  TwelveRowTile() {
    super(12);
  }

  @Override
  void multiply(long left, long right, int depth, long result, long stride) {
    goOn(left, right, depth, ZEROS, 0, result, stride, 0);
  }

  @Override
  void multiplyAndAdd(long left, long right, int depth, long start, long startStride, long result, long stride, long scratch) {
    multiply(left, right, depth, scratch, 4L * COLUMNS);
    add(scratch, start, startStride, result, stride);
  }

  @Override
  void goOn(long left, long right, int depth, long start, long startStride, long result, long stride, long scratch) {
    long a = left & IN_RANGE;
    long b = right & IN_RANGE;
    long x = start & IN_RANGE;
    FloatVector c0 = columns(x);
    FloatVector d0 = columns(x + 4L * LANES);
    x = x + startStride & IN_RANGE;
    FloatVector c1 = columns(x);
    FloatVector d1 = columns(x + 4L * LANES);
    x = x + startStride & IN_RANGE;
    FloatVector c2 = columns(x);
    FloatVector d2 = columns(x + 4L * LANES);
    x = x + startStride & IN_RANGE;
    FloatVector c3 = columns(x);
    FloatVector d3 = columns(x + 4L * LANES);
    x = x + startStride & IN_RANGE;
    FloatVector c4 = columns(x);
    FloatVector d4 = columns(x + 4L * LANES);
    x = x + startStride & IN_RANGE;
    FloatVector c5 = columns(x);
    FloatVector d5 = columns(x + 4L * LANES);
    x = x + startStride & IN_RANGE;
    FloatVector c6 = columns(x);
    FloatVector d6 = columns(x + 4L * LANES);
    x = x + startStride & IN_RANGE;
    FloatVector c7 = columns(x);
    FloatVector d7 = columns(x + 4L * LANES);
    x = x + startStride & IN_RANGE;
    FloatVector c8 = columns(x);
    FloatVector d8 = columns(x + 4L * LANES);
    x = x + startStride & IN_RANGE;
    FloatVector c9 = columns(x);
    FloatVector d9 = columns(x + 4L * LANES);
    x = x + startStride & IN_RANGE;
    FloatVector c10 = columns(x);
    FloatVector d10 = columns(x + 4L * LANES);
    x = x + startStride & IN_RANGE;
    FloatVector c11 = columns(x);
    FloatVector d11 = columns(x + 4L * LANES);
    for (int k = 0; k < depth; k++) {
      FloatVector v = FloatVector.fromMemorySegment(FLOATS, ALL, b, ORDER);
      FloatVector w = FloatVector.fromMemorySegment(FLOATS, ALL, b + 4L * LANES, ORDER);
      FloatVector a0 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a));
      c0 = a0.fma(v, c0);
      d0 = a0.fma(w, d0);
      FloatVector a1 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 1 * LEFT_STRIDE));
      c1 = a1.fma(v, c1);
      d1 = a1.fma(w, d1);
      FloatVector a2 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 2 * LEFT_STRIDE));
      c2 = a2.fma(v, c2);
      d2 = a2.fma(w, d2);
      FloatVector a3 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 3 * LEFT_STRIDE));
      c3 = a3.fma(v, c3);
      d3 = a3.fma(w, d3);
      FloatVector a4 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 4 * LEFT_STRIDE));
      c4 = a4.fma(v, c4);
      d4 = a4.fma(w, d4);
      FloatVector a5 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 5 * LEFT_STRIDE));
      c5 = a5.fma(v, c5);
      d5 = a5.fma(w, d5);
      FloatVector a6 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 6 * LEFT_STRIDE));
      c6 = a6.fma(v, c6);
      d6 = a6.fma(w, d6);
      FloatVector a7 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 7 * LEFT_STRIDE));
      c7 = a7.fma(v, c7);
      d7 = a7.fma(w, d7);
      FloatVector a8 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 8 * LEFT_STRIDE));
      c8 = a8.fma(v, c8);
      d8 = a8.fma(w, d8);
      FloatVector a9 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 9 * LEFT_STRIDE));
      c9 = a9.fma(v, c9);
      d9 = a9.fma(w, d9);
      FloatVector a10 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 10 * LEFT_STRIDE));
      c10 = a10.fma(v, c10);
      d10 = a10.fma(w, d10);
      FloatVector a11 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 11 * LEFT_STRIDE));
      c11 = a11.fma(v, c11);
      d11 = a11.fma(w, d11);
      a = a + 4 & IN_RANGE;
      b = b + 8L * LANES & IN_RANGE;
    }
    long y = result & IN_RANGE;
    c0.intoMemorySegment(ALL, y, ORDER);
    d0.intoMemorySegment(ALL, y + 4L * LANES, ORDER);
    y = y + stride & IN_RANGE;
    c1.intoMemorySegment(ALL, y, ORDER);
    d1.intoMemorySegment(ALL, y + 4L * LANES, ORDER);
    y = y + stride & IN_RANGE;
    c2.intoMemorySegment(ALL, y, ORDER);
    d2.intoMemorySegment(ALL, y + 4L * LANES, ORDER);
    y = y + stride & IN_RANGE;
    c3.intoMemorySegment(ALL, y, ORDER);
    d3.intoMemorySegment(ALL, y + 4L * LANES, ORDER);
    y = y + stride & IN_RANGE;
    c4.intoMemorySegment(ALL, y, ORDER);
    d4.intoMemorySegment(ALL, y + 4L * LANES, ORDER);
    y = y + stride & IN_RANGE;
    c5.intoMemorySegment(ALL, y, ORDER);
    d5.intoMemorySegment(ALL, y + 4L * LANES, ORDER);
    y = y + stride & IN_RANGE;
    c6.intoMemorySegment(ALL, y, ORDER);
    d6.intoMemorySegment(ALL, y + 4L * LANES, ORDER);
    y = y + stride & IN_RANGE;
    c7.intoMemorySegment(ALL, y, ORDER);
    d7.intoMemorySegment(ALL, y + 4L * LANES, ORDER);
    y = y + stride & IN_RANGE;
    c8.intoMemorySegment(ALL, y, ORDER);
    d8.intoMemorySegment(ALL, y + 4L * LANES, ORDER);
    y = y + stride & IN_RANGE;
    c9.intoMemorySegment(ALL, y, ORDER);
    d9.intoMemorySegment(ALL, y + 4L * LANES, ORDER);
    y = y + stride & IN_RANGE;
    c10.intoMemorySegment(ALL, y, ORDER);
    d10.intoMemorySegment(ALL, y + 4L * LANES, ORDER);
    y = y + stride & IN_RANGE;
    c11.intoMemorySegment(ALL, y, ORDER);
    d11.intoMemorySegment(ALL, y + 4L * LANES, ORDER);
  }

  /** In a method of its own, which the second compiler draws in and the first does not: with so many loads that one would give up. */
  private static FloatVector columns(long address) {
    return FloatVector.fromMemorySegment(FLOATS, ALL, address, ORDER);
  }
}
