package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.BYTES_OF_LANES;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Whole vectors of floats in memory: cleared, filled, copied, scaled, added in multiples, compared. */
final class Floats {
  private static final int PIECE = 1 << 30;

  private Floats() {}

  /** As {@link #clear(long, int)}, of more floats than an int may count. */
  static void clear(long to, long count) {
    for (long i = 0; i < count; i += PIECE) {
      clear(to + 4 * i, (int) Math.min(PIECE, count - i));
    }
  }

  static void clear(long to, int count) {
    fill(0, to, count);
  }

  static void fill(float value, long to, int count) {
    FloatVector values = FloatVector.broadcast(FLOATS, value);
    long y = Memory.inRange(to);
    int whole = count - count % LANES;
    for (int i = 0; i < whole; i += LANES) {
      values.intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
    for (int i = whole; i < count; i++) {
      Memory.setFloat(y + 4L * i, value);
    }
  }

  static void copy(long from, long to, int count) {
    long x = Memory.inRange(from);
    long y = Memory.inRange(to);
    int whole = count - count % LANES;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER).intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
    for (int i = whole; i < count; i++) {
      Memory.setFloat(y + 4L * i, Memory.getFloat(x + 4L * i));
    }
  }

  /** Multiplies the floats at an address by a factor and writes the products. */
  static void multiply(float factor, long from, long to, int count) {
    long x = Memory.inRange(from);
    long y = Memory.inRange(to);
    int whole = count - count % LANES;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER).mul(factor).intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
    for (int i = whole; i < count; i++) {
      Memory.setFloat(y + 4L * i, factor * Memory.getFloat(x + 4L * i));
    }
  }

  /** Multiplies the floats at an address by a factor, adds a shift and writes the sums. */
  static void scaleAndShift(float factor, float shift, long from, long to, int count) {
    FloatVector factors = FloatVector.broadcast(FLOATS, factor);
    FloatVector shifts = FloatVector.broadcast(FLOATS, shift);
    long x = Memory.inRange(from);
    long y = Memory.inRange(to);
    int whole = count - count % LANES;
    for (int i = 0; i < whole; i += LANES) {
      factors.fma(FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER), shifts).intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
    for (int i = whole; i < count; i++) {
      Memory.setFloat(y + 4L * i, Math.fma(factor, Memory.getFloat(x + 4L * i), shift));
    }
  }

  /** Adds the floats at an address, multiplied by a factor, to others. */
  static void addMultiple(float factor, long from, long to, int count) {
    FloatVector factors = FloatVector.broadcast(FLOATS, factor);
    long x = Memory.inRange(from);
    long y = Memory.inRange(to);
    int end = count - count % LANES;
    int i = 0;
    for (; i + 2 * LANES <= end; i = Loops.next(i, 2 * LANES)) {
      FloatVector sum = factors.fma(FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER),
          FloatVector.fromMemorySegment(FLOATS, ALL, y + 4L * i, ORDER));
      FloatVector next = factors.fma(FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i + BYTES_OF_LANES, ORDER),
          FloatVector.fromMemorySegment(FLOATS, ALL, y + 4L * i + BYTES_OF_LANES, ORDER));
      sum.intoMemorySegment(ALL, y + 4L * i, ORDER);
      next.intoMemorySegment(ALL, y + 4L * i + BYTES_OF_LANES, ORDER);
    }
    for (; i < end; i = Loops.next(i, LANES)) {
      factors.fma(FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER), FloatVector.fromMemorySegment(FLOATS, ALL, y + 4L * i, ORDER))
          .intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
    for (; i < count; i++) {
      Memory.setFloat(to + 4L * i, Math.fma(factor, Memory.getFloat(from + 4L * i), Memory.getFloat(to + 4L * i)));
    }
  }

  /** The largest of some floats; what is not a number may be left out. */
  static float largest(long from, int count) {
    FloatVector most = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    long x = Memory.inRange(from);
    int whole = count - count % LANES;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector v = FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER);
      // The larger of two floats, as Java defines it, would take three times the instructions.
      most = most.blend(v, v.compare(VectorOperators.GT, most));
    }
    float result = most.reduceLanes(VectorOperators.MAX);
    for (int i = whole; i < count; i++) {
      result = Math.max(result, Memory.getFloat(x + 4L * i));
    }
    return result;
  }
}
