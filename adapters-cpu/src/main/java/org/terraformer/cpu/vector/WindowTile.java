package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.FLOAT;
import static org.terraformer.cpu.vector.Memory.IN_RANGE;
import static org.terraformer.cpu.vector.Memory.ONE_STRIDE;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import java.lang.foreign.Arena;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;

/**
 * The innermost part of a product with overlapping windows, as {@link SixRowTile} of packed matrices: six rows, which stand side by side in
 * memory, by two vectors. The terms of the left matrix come in pairs that lie anywhere, as pieces do in M. Dukhan, The Indirect Convolution
 * Algorithm (2019): a loop over pieces beside that over their terms would carry all sums through memory from one to the next.
 */
final class WindowTile {
  /** Rows of a tile. */
  static final int ROWS = 6;
  /** Columns of a tile. */
  static final int COLUMNS = 2 * LANES;
  /** The address of as many zeros. */
  static final long ZEROS = Arena.global().allocate(4L * COLUMNS, 64).address();

  private WindowTile() {}

  /** Pairs of terms that lie one behind the other, so many bytes apart. */
  static int[] pairs(int terms, long leftStride) {
    return IntStream.range(0, (terms + 1) / 2).map(pair -> Math.toIntExact(2 * pair * leftStride)).toArray();
  }

  /**
   * Writes a product and what it is added to. Every sum is made in the order of its terms, wherever in a tile it stands.
   *
   * @param left the first row, the others four bytes apart
   * @param leftStride bytes from a term to the next of its pair
   * @param pairs how many bytes from {@code left} pairs of terms begin, of which {@code from} to {@code to - 1} are meant
   * @param right for each term {@link #COLUMNS} floats
   * @param start what is added, its rows {@code startStride} bytes apart; it may be the result itself
   * @param result the tile's first element
   * @param stride bytes between the result's rows
   */
  static void multiply(long left, long leftStride, int[] pairs, int from, int to, long right, long start, long startStride, long result,
      long stride) {
    long b = right & IN_RANGE;
    long next = leftStride & ONE_STRIDE;
    long never = Fences.NEVER_REACHED[0];
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
    for (int pair = from; pair < to; pair++) {
      long a = left + pairs[pair] & IN_RANGE;
      FloatVector v = FloatVector.fromMemorySegment(FLOATS, ALL, b, ORDER);
      FloatVector w = FloatVector.fromMemorySegment(FLOATS, ALL, b + 4L * LANES, ORDER);
      FloatVector a0 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a));
      c0 = a0.fma(v, c0);
      d0 = a0.fma(w, d0);
      FloatVector a1 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 4));
      c1 = a1.fma(v, c1);
      d1 = a1.fma(w, d1);
      FloatVector a2 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 8));
      c2 = a2.fma(v, c2);
      d2 = a2.fma(w, d2);
      FloatVector a3 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 12));
      c3 = a3.fma(v, c3);
      d3 = a3.fma(w, d3);
      FloatVector a4 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 16));
      c4 = a4.fma(v, c4);
      d4 = a4.fma(w, d4);
      FloatVector a5 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, a + 20));
      c5 = a5.fma(v, c5);
      d5 = a5.fma(w, d5);
      // The first term is left in order by itself: see SixRowTile.
      if (b > never) {
        break;
      }
      long nextA = a + next;
      FloatVector nextV = FloatVector.fromMemorySegment(FLOATS, ALL, b + 8L * LANES, ORDER);
      FloatVector nextW = FloatVector.fromMemorySegment(FLOATS, ALL, b + 12L * LANES, ORDER);
      FloatVector next0 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, nextA));
      c0 = next0.fma(nextV, c0);
      d0 = next0.fma(nextW, d0);
      Fences.passLimit(nextV);
      FloatVector next1 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, nextA + 4));
      c1 = next1.fma(nextV, c1);
      d1 = next1.fma(nextW, d1);
      FloatVector next2 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, nextA + 8));
      c2 = next2.fma(nextV, c2);
      d2 = next2.fma(nextW, d2);
      FloatVector next3 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, nextA + 12));
      c3 = next3.fma(nextV, c3);
      d3 = next3.fma(nextW, d3);
      FloatVector next4 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, nextA + 16));
      c4 = next4.fma(nextV, c4);
      d4 = next4.fma(nextW, d4);
      FloatVector next5 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, nextA + 20));
      c5 = next5.fma(nextV, c5);
      d5 = next5.fma(nextW, d5);
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
