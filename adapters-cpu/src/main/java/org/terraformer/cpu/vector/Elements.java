package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.IN_RANGE;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Element by element over contiguous floats. The result may lie where an operand does. */
final class Elements {
  private Elements() {}

  /** y = a + b. */
  static void add(long a, long b, long y, long count) {
    long i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector.fromMemorySegment(FLOATS, ALL, a + 4 * i, ORDER).add(FloatVector.fromMemorySegment(FLOATS, ALL, b + 4 * i, ORDER))
          .intoMemorySegment(ALL, y + 4 * i, ORDER);
    }
    for (; i < count; i++) {
      Memory.setFloat(y + 4 * i, Memory.getFloat(a + 4 * i) + Memory.getFloat(b + 4 * i));
    }
  }

  /** Adds to y the floats at x and at three more places, each a stride from the one before, one after another. */
  static void addFour(long x, long stride, long y, long count) {
    long i = 0;
    for (; i + LANES <= count; i += LANES) {
      long at = x + 4 * i & IN_RANGE;
      FloatVector sum = FloatVector.fromMemorySegment(FLOATS, ALL, y + 4 * i, ORDER);
      sum = sum.add(FloatVector.fromMemorySegment(FLOATS, ALL, at, ORDER));
      sum = sum.add(FloatVector.fromMemorySegment(FLOATS, ALL, at + stride & IN_RANGE, ORDER));
      sum = sum.add(FloatVector.fromMemorySegment(FLOATS, ALL, at + 2 * stride & IN_RANGE, ORDER));
      sum = sum.add(FloatVector.fromMemorySegment(FLOATS, ALL, at + 3 * stride & IN_RANGE, ORDER));
      sum.intoMemorySegment(ALL, y + 4 * i, ORDER);
    }
    for (; i < count; i++) {
      float sum = Memory.getFloat(y + 4 * i);
      for (int row = 0; row < 4; row++) {
        sum += Memory.getFloat(x + row * stride + 4 * i);
      }
      Memory.setFloat(y + 4 * i, sum);
    }
  }

  /** y = a * b. */
  static void multiply(long a, long b, long y, long count) {
    long i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector.fromMemorySegment(FLOATS, ALL, a + 4 * i, ORDER).mul(FloatVector.fromMemorySegment(FLOATS, ALL, b + 4 * i, ORDER))
          .intoMemorySegment(ALL, y + 4 * i, ORDER);
    }
    for (; i < count; i++) {
      Memory.setFloat(y + 4 * i, Memory.getFloat(a + 4 * i) * Memory.getFloat(b + 4 * i));
    }
  }

  /** y = a + factor * b. */
  static void addMultiple(long a, float factor, long b, long y, long count) {
    FloatVector factors = FloatVector.broadcast(FLOATS, factor);
    long i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector start = FloatVector.fromMemorySegment(FLOATS, ALL, a + 4 * i, ORDER);
      factors.fma(FloatVector.fromMemorySegment(FLOATS, ALL, b + 4 * i, ORDER), start).intoMemorySegment(ALL, y + 4 * i, ORDER);
    }
    for (; i < count; i++) {
      Memory.setFloat(y + 4 * i, Math.fma(factor, Memory.getFloat(b + 4 * i), Memory.getFloat(a + 4 * i)));
    }
  }

  /** y += a * b. */
  static void addProducts(long a, long b, long y, long count) {
    long i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector.fromMemorySegment(FLOATS, ALL, a + 4 * i, ORDER)
          .fma(FloatVector.fromMemorySegment(FLOATS, ALL, b + 4 * i, ORDER), FloatVector.fromMemorySegment(FLOATS, ALL, y + 4 * i, ORDER))
          .intoMemorySegment(ALL, y + 4 * i, ORDER);
    }
    for (; i < count; i++) {
      Memory.setFloat(y + 4 * i, Math.fma(Memory.getFloat(a + 4 * i), Memory.getFloat(b + 4 * i), Memory.getFloat(y + 4 * i)));
    }
  }

  /** y = (x - mean) * factor. */
  static void normalize(long x, float mean, float factor, long y, long count) {
    long i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector.fromMemorySegment(FLOATS, ALL, x + 4 * i, ORDER).sub(mean).mul(factor).intoMemorySegment(ALL, y + 4 * i, ORDER);
    }
    for (; i < count; i++) {
      Memory.setFloat(y + 4 * i, (Memory.getFloat(x + 4 * i) - mean) * factor);
    }
  }

  /** y = u where x is above 0, else 0: the gradient of {@link #relu}. */
  static void reluGradient(long x, long u, long y, long count) {
    FloatVector zero = FloatVector.zero(FLOATS);
    long i = 0;
    for (; i + LANES <= count; i += LANES) {
      VectorMask<Float> high = FloatVector.fromMemorySegment(FLOATS, ALL, x + 4 * i, ORDER).compare(VectorOperators.GT, 0);
      zero.blend(FloatVector.fromMemorySegment(FLOATS, ALL, u + 4 * i, ORDER), high).intoMemorySegment(ALL, y + 4 * i, ORDER);
    }
    for (; i < count; i++) {
      Memory.setFloat(y + 4 * i, Memory.getFloat(x + 4 * i) > 0 ? Memory.getFloat(u + 4 * i) : 0);
    }
  }

  /** y = x multiplied by a factor where the draw is below a bound, else 0. */
  static void keep(long x, long draws, float bound, float factor, long y, long count) {
    FloatVector zero = FloatVector.zero(FLOATS);
    long i = 0;
    for (; i + LANES <= count; i += LANES) {
      VectorMask<Float> kept = FloatVector.fromMemorySegment(FLOATS, ALL, draws + 4 * i, ORDER).compare(VectorOperators.LT, bound);
      zero.blend(FloatVector.fromMemorySegment(FLOATS, ALL, x + 4 * i, ORDER).mul(factor), kept).intoMemorySegment(ALL, y + 4 * i, ORDER);
    }
    for (; i < count; i++) {
      Memory.setFloat(y + 4 * i, Memory.getFloat(draws + 4 * i) < bound ? factor * Memory.getFloat(x + 4 * i) : 0);
    }
  }

  /** y = 0 where x is at most 0, else x: so not a number stays what it is. */
  static void relu(long x, long y, long count) {
    FloatVector zero = FloatVector.zero(FLOATS);
    long i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = FloatVector.fromMemorySegment(FLOATS, ALL, x + 4 * i, ORDER);
      VectorMask<Float> low = value.compare(VectorOperators.LE, 0);
      value.blend(zero, low).intoMemorySegment(ALL, y + 4 * i, ORDER);
    }
    for (; i < count; i++) {
      float value = Memory.getFloat(x + 4 * i);
      Memory.setFloat(y + 4 * i, value <= 0 ? 0 : value);
    }
  }
}
