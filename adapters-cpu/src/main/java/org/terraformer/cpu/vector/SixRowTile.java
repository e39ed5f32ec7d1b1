package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.FLOAT;
import static org.terraformer.cpu.vector.Memory.IN_RANGE;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import java.lang.foreign.Arena;
import jdk.incubator.vector.FloatVector;

/** Six rows by two vectors: 12 sums, which fit 16 vector registers. */
final class SixRowTile extends ProductTile {
  private static final long ZEROS = Arena.global().allocate(4L * COLUMNS, 64).address();

  SixRowTile() {
    super(6);
  }

  @Override
  void multiply(long left, long right, int depth, long result, long stride) {
    multiplyPairs(left, right, depth, ZEROS, 0, result, stride);
    if (depth % 2 != 0) {
      addTerm(left + 4L * (depth - 1), right + 8L * LANES * (depth - 1), result, stride);
    }
  }

  /** The last of an odd number of terms belongs to the product, and comes before what that is added to. */
  @Override
  void multiplyAndAdd(long left, long right, int depth, long start, long startStride, long result, long stride, long scratch) {
    if (depth % 2 == 0) {
      multiplyPairs(left, right, depth, start, startStride, result, stride);
    } else {
      multiply(left, right, depth, scratch, 4L * COLUMNS);
      add(scratch, start, startStride, result, stride);
    }
  }

  /** A last term without a second one, in a method of its own: beside the loop over pairs it makes that many times slower. */
  private void addTerm(long left, long right, long result, long stride) {
    FloatVector v = FloatVector.fromMemorySegment(FLOATS, ALL, right, ORDER);
    FloatVector w = FloatVector.fromMemorySegment(FLOATS, ALL, right + 4L * LANES, ORDER);
    for (int row = 0; row < rows; row++) {
      FloatVector a = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left + row * LEFT_STRIDE));
      long y = result + row * stride;
      a.fma(v, FloatVector.fromMemorySegment(FLOATS, ALL, y, ORDER)).intoMemorySegment(ALL, y, ORDER);
      long z = y + 4L * LANES;
      a.fma(w, FloatVector.fromMemorySegment(FLOATS, ALL, z, ORDER)).intoMemorySegment(ALL, z, ORDER);
    }
  }

  private static void multiplyPairs(long left, long right, int depth, long start, long startStride, long result, long stride) {
    long a = left & IN_RANGE;
    long b = right & IN_RANGE;
    long first = Fences.NEVER_REACHED[0];
    long second = Fences.NEVER_REACHED[1];
    long third = Fences.NEVER_REACHED[2];
    FloatVector c0 = FloatVector.zero(FLOATS);
    FloatVector d0 = FloatVector.zero(FLOATS);
    FloatVector c1 = FloatVector.zero(FLOATS);
    FloatVector d1 = FloatVector.zero(FLOATS);
    FloatVector c2 = FloatVector.zero(FLOATS);
    FloatVector d2 = FloatVector.zero(FLOATS);
    FloatVector c3 = FloatVector.zero(FLOATS);
    FloatVector d3 = FloatVector.zero(FLOATS);
    FloatVector c4 = FloatVector.zero(FLOATS);
    FloatVector d4 = FloatVector.zero(FLOATS);
    FloatVector c5 = FloatVector.zero(FLOATS);
    FloatVector d5 = FloatVector.zero(FLOATS);
    // No address is checked. Without a fence for every two rows the compiler draws all loads forward and has to keep sums in memory, at half the
    // speed; no two fences compare the same, or it would leave one out. A longer loop is more than the first of the compilers takes.
    int even = depth & -2;
    for (int k = 0; k < even; k += 2) {
      FloatVector v = FloatVector.fromMemorySegment(FLOATS, ALL, b, ORDER);
      FloatVector w = FloatVector.fromMemorySegment(FLOATS, ALL, b + 4L * LANES, ORDER);
      FloatVector a0 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a));
      c0 = a0.fma(v, c0);
      d0 = a0.fma(w, d0);
      FloatVector a1 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 1 * LEFT_STRIDE));
      c1 = a1.fma(v, c1);
      d1 = a1.fma(w, d1);
      if (a > first) {
        break;
      }
      FloatVector a2 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 2 * LEFT_STRIDE));
      c2 = a2.fma(v, c2);
      d2 = a2.fma(w, d2);
      FloatVector a3 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 3 * LEFT_STRIDE));
      c3 = a3.fma(v, c3);
      d3 = a3.fma(w, d3);
      if (a > second) {
        break;
      }
      FloatVector a4 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 4 * LEFT_STRIDE));
      c4 = a4.fma(v, c4);
      d4 = a4.fma(w, d4);
      FloatVector a5 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 5 * LEFT_STRIDE));
      c5 = a5.fma(v, c5);
      d5 = a5.fma(w, d5);
      if (a > third) {
        break;
      }
      FloatVector nextV = FloatVector.fromMemorySegment(FLOATS, ALL, b + 8L * LANES, ORDER);
      FloatVector nextW = FloatVector.fromMemorySegment(FLOATS, ALL, b + 12L * LANES, ORDER);
      FloatVector next0 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 4));
      c0 = next0.fma(nextV, c0);
      d0 = next0.fma(nextW, d0);
      FloatVector next1 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 1 * LEFT_STRIDE + 4));
      c1 = next1.fma(nextV, c1);
      d1 = next1.fma(nextW, d1);
      if (b > first) {
        break;
      }
      FloatVector next2 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 2 * LEFT_STRIDE + 4));
      c2 = next2.fma(nextV, c2);
      d2 = next2.fma(nextW, d2);
      FloatVector next3 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 3 * LEFT_STRIDE + 4));
      c3 = next3.fma(nextV, c3);
      d3 = next3.fma(nextW, d3);
      if (b > second) {
        break;
      }
      FloatVector next4 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 4 * LEFT_STRIDE + 4));
      c4 = next4.fma(nextV, c4);
      d4 = next4.fma(nextW, d4);
      FloatVector next5 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 5 * LEFT_STRIDE + 4));
      c5 = next5.fma(nextV, c5);
      d5 = next5.fma(nextW, d5);
      if (b > third) {
        break;
      }
      a = a + 8 & IN_RANGE;
      b = b + 16L * LANES & IN_RANGE;
    }
    long x = start;
    long y = result;
    c0.add(FloatVector.fromMemorySegment(FLOATS, ALL, x, ORDER)).intoMemorySegment(ALL, y, ORDER);
    d0.add(FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * LANES, ORDER)).intoMemorySegment(ALL, y + 4L * LANES, ORDER);
    x += startStride;
    y += stride;
    c1.add(FloatVector.fromMemorySegment(FLOATS, ALL, x, ORDER)).intoMemorySegment(ALL, y, ORDER);
    d1.add(FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * LANES, ORDER)).intoMemorySegment(ALL, y + 4L * LANES, ORDER);
    x += startStride;
    y += stride;
    c2.add(FloatVector.fromMemorySegment(FLOATS, ALL, x, ORDER)).intoMemorySegment(ALL, y, ORDER);
    d2.add(FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * LANES, ORDER)).intoMemorySegment(ALL, y + 4L * LANES, ORDER);
    x += startStride;
    y += stride;
    c3.add(FloatVector.fromMemorySegment(FLOATS, ALL, x, ORDER)).intoMemorySegment(ALL, y, ORDER);
    d3.add(FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * LANES, ORDER)).intoMemorySegment(ALL, y + 4L * LANES, ORDER);
    x += startStride;
    y += stride;
    c4.add(FloatVector.fromMemorySegment(FLOATS, ALL, x, ORDER)).intoMemorySegment(ALL, y, ORDER);
    d4.add(FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * LANES, ORDER)).intoMemorySegment(ALL, y + 4L * LANES, ORDER);
    x += startStride;
    y += stride;
    c5.add(FloatVector.fromMemorySegment(FLOATS, ALL, x, ORDER)).intoMemorySegment(ALL, y, ORDER);
    d5.add(FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * LANES, ORDER)).intoMemorySegment(ALL, y + 4L * LANES, ORDER);
  }
}
