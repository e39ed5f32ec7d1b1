package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.FLOAT;
import static org.terraformer.cpu.vector.Memory.IN_RANGE;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * Six rows by two vectors: 12 sums, which fit 16 vector registers. A turn of the loop multiplies four terms, as what it executes beside
 * multiplications counts where the core has another guest, above all jumps.
 */
final class SixRowTile extends ProductTile {
  SixRowTile() {
    super(6);
  }

  @Override
  void multiply(long left, long right, int depth, long result, long stride) {
    multiplyFours(left, right, depth, ZEROS, 0, result, stride);
    for (int term = depth & -4; term < depth; term++) {
      addTerm(left + 4L * term, right + 8L * LANES * term, result, stride);
    }
  }

  /** The last terms, of a number that is no multiple of four, belong to the product, and come before what that is added to. */
  @Override
  void multiplyAndAdd(long left, long right, int depth, long start, long startStride, long result, long stride, long scratch) {
    if (depth % 4 == 0) {
      multiplyFours(left, right, depth, start, startStride, result, stride);
    } else {
      multiply(left, right, depth, scratch, 4L * COLUMNS);
      add(scratch, start, startStride, result, stride);
    }
  }

  /** A last term without three others, in a method of its own: beside the loop over four terms it makes that many times slower. */
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

  /** A vector of columns. */
  private static FloatVector columns(long address) {
    return FloatVector.fromMemorySegment(FLOATS, ALL, address, ORDER);
  }

  /** A row's element, in all lanes. */
  private static FloatVector spread(long address) {
    return FloatVector.broadcast(FLOATS, ALL.get(FLOAT, address));
  }

  /**
   * The product of whole fours of terms. No address in the loop is checked. {@link Fences} stand where the compiler needs them to keep all sums in
   * registers: behind each term but the last, and behind the first row of those between. In the first term, whose sums come from the turn before, it
   * holds the order by itself.
   *
   * <p>The first loads are methods, which the second compiler draws in and the first does not: drawn in, they would be more than the first one's
   * own registers, and it would give up. They come before {@link Fences#passLimit}, and all others after it.
   */
  private static void multiplyFours(long left, long right, int depth, long start, long startStride, long result, long stride) {
    long a = left & IN_RANGE;
    long b = right & IN_RANGE;
    long first = Fences.NEVER_REACHED[0];
    long second = Fences.NEVER_REACHED[1];
    long third = Fences.NEVER_REACHED[2];
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector c0 = zero;
    FloatVector d0 = zero;
    FloatVector c1 = zero;
    FloatVector d1 = zero;
    FloatVector c2 = zero;
    FloatVector d2 = zero;
    FloatVector c3 = zero;
    FloatVector d3 = zero;
    FloatVector c4 = zero;
    FloatVector d4 = zero;
    FloatVector c5 = zero;
    FloatVector d5 = zero;
    int fours = depth & -4;
    for (int k = 0; k < fours; k += 4) {
      FloatVector v0 = columns(b);
      FloatVector w0 = columns(b + 4L * LANES);
      FloatVector a00 = spread(a);
      c0 = a00.fma(v0, c0);
      d0 = a00.fma(w0, d0);
      FloatVector a01 = spread(a + 1 * LEFT_STRIDE);
      c1 = a01.fma(v0, c1);
      d1 = a01.fma(w0, d1);
      FloatVector a02 = spread(a + 2 * LEFT_STRIDE);
      c2 = a02.fma(v0, c2);
      d2 = a02.fma(w0, d2);
      FloatVector a03 = spread(a + 3 * LEFT_STRIDE);
      c3 = a03.fma(v0, c3);
      d3 = a03.fma(w0, d3);
      FloatVector a04 = spread(a + 4 * LEFT_STRIDE);
      c4 = a04.fma(v0, c4);
      d4 = a04.fma(w0, d4);
      FloatVector a05 = spread(a + 5 * LEFT_STRIDE);
      c5 = a05.fma(v0, c5);
      d5 = a05.fma(w0, d5);
      if (a > first) {
        break;
      }
      FloatVector v1 = columns(b + 8L * LANES);
      FloatVector w1 = columns(b + 12L * LANES);
      FloatVector a10 = spread(a + 4);
      c0 = a10.fma(v1, c0);
      d0 = a10.fma(w1, d0);
      if (b > first) {
        break;
      }
      FloatVector a11 = spread(a + 1 * LEFT_STRIDE + 4);
      c1 = a11.fma(v1, c1);
      d1 = a11.fma(w1, d1);
      Fences.passLimit(zero);
      FloatVector a12 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 2 * LEFT_STRIDE + 4));
      c2 = a12.fma(v1, c2);
      d2 = a12.fma(w1, d2);
      FloatVector a13 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 3 * LEFT_STRIDE + 4));
      c3 = a13.fma(v1, c3);
      d3 = a13.fma(w1, d3);
      FloatVector a14 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 4 * LEFT_STRIDE + 4));
      c4 = a14.fma(v1, c4);
      d4 = a14.fma(w1, d4);
      FloatVector a15 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 5 * LEFT_STRIDE + 4));
      c5 = a15.fma(v1, c5);
      d5 = a15.fma(w1, d5);
      if (a > second) {
        break;
      }
      FloatVector v2 = FloatVector.fromMemorySegment(FLOATS, ALL, b + 16L * LANES, ORDER);
      FloatVector w2 = FloatVector.fromMemorySegment(FLOATS, ALL, b + 20L * LANES, ORDER);
      FloatVector a20 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 8));
      c0 = a20.fma(v2, c0);
      d0 = a20.fma(w2, d0);
      if (b > second) {
        break;
      }
      FloatVector a21 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 1 * LEFT_STRIDE + 8));
      c1 = a21.fma(v2, c1);
      d1 = a21.fma(w2, d1);
      FloatVector a22 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 2 * LEFT_STRIDE + 8));
      c2 = a22.fma(v2, c2);
      d2 = a22.fma(w2, d2);
      FloatVector a23 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 3 * LEFT_STRIDE + 8));
      c3 = a23.fma(v2, c3);
      d3 = a23.fma(w2, d3);
      FloatVector a24 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 4 * LEFT_STRIDE + 8));
      c4 = a24.fma(v2, c4);
      d4 = a24.fma(w2, d4);
      FloatVector a25 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 5 * LEFT_STRIDE + 8));
      c5 = a25.fma(v2, c5);
      d5 = a25.fma(w2, d5);
      if (a > third) {
        break;
      }
      FloatVector v3 = FloatVector.fromMemorySegment(FLOATS, ALL, b + 24L * LANES, ORDER);
      FloatVector w3 = FloatVector.fromMemorySegment(FLOATS, ALL, b + 28L * LANES, ORDER);
      FloatVector a30 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 12));
      c0 = a30.fma(v3, c0);
      d0 = a30.fma(w3, d0);
      FloatVector a31 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 1 * LEFT_STRIDE + 12));
      c1 = a31.fma(v3, c1);
      d1 = a31.fma(w3, d1);
      FloatVector a32 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 2 * LEFT_STRIDE + 12));
      c2 = a32.fma(v3, c2);
      d2 = a32.fma(w3, d2);
      FloatVector a33 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 3 * LEFT_STRIDE + 12));
      c3 = a33.fma(v3, c3);
      d3 = a33.fma(w3, d3);
      FloatVector a34 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 4 * LEFT_STRIDE + 12));
      c4 = a34.fma(v3, c4);
      d4 = a34.fma(w3, d4);
      FloatVector a35 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 5 * LEFT_STRIDE + 12));
      c5 = a35.fma(v3, c5);
      d5 = a35.fma(w3, d5);
      a = a + 16 & IN_RANGE;
      b = b + 32L * LANES & IN_RANGE;
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
