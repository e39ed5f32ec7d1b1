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
  static void add(long a, long b, long y, int count) {
    long a0 = Memory.inRange(a);
    long b0 = Memory.inRange(b);
    long y0 = Memory.inRange(y);
    int whole = count - count % LANES;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector.fromMemorySegment(FLOATS, ALL, a0 + 4L * i, ORDER).add(FloatVector.fromMemorySegment(FLOATS, ALL, b0 + 4L * i, ORDER))
          .intoMemorySegment(ALL, y0 + 4L * i, ORDER);
    }
    for (int i = whole; i < count; i++) {
      Memory.setFloat(y0 + 4L * i, Memory.getFloat(a0 + 4L * i) + Memory.getFloat(b0 + 4L * i));
    }
  }

  /** Adds to y the floats at x and at three more places, each a stride from the one before, one after another. */
  static void addFour(long x, long stride, long y, int count) {
    long x0 = Memory.inRange(x);
    long y0 = Memory.inRange(y);
    int whole = count - count % LANES;
    for (int i = 0; i < whole; i += LANES) {
      long at = x0 + 4L * i & IN_RANGE;
      FloatVector sum = FloatVector.fromMemorySegment(FLOATS, ALL, y0 + 4L * i, ORDER);
      sum = sum.add(FloatVector.fromMemorySegment(FLOATS, ALL, at, ORDER));
      sum = sum.add(FloatVector.fromMemorySegment(FLOATS, ALL, at + stride & IN_RANGE, ORDER));
      sum = sum.add(FloatVector.fromMemorySegment(FLOATS, ALL, at + 2 * stride & IN_RANGE, ORDER));
      sum = sum.add(FloatVector.fromMemorySegment(FLOATS, ALL, at + 3 * stride & IN_RANGE, ORDER));
      sum.intoMemorySegment(ALL, y0 + 4L * i, ORDER);
    }
    for (int i = whole; i < count; i++) {
      float sum = Memory.getFloat(y0 + 4L * i);
      for (int row = 0; row < 4; row++) {
        sum += Memory.getFloat(x + row * stride + 4L * i);
      }
      Memory.setFloat(y0 + 4L * i, sum);
    }
  }

  /** y = a * b. */
  static void multiply(long a, long b, long y, int count) {
    long a0 = Memory.inRange(a);
    long b0 = Memory.inRange(b);
    long y0 = Memory.inRange(y);
    int whole = count - count % LANES;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector.fromMemorySegment(FLOATS, ALL, a0 + 4L * i, ORDER).mul(FloatVector.fromMemorySegment(FLOATS, ALL, b0 + 4L * i, ORDER))
          .intoMemorySegment(ALL, y0 + 4L * i, ORDER);
    }
    for (int i = whole; i < count; i++) {
      Memory.setFloat(y0 + 4L * i, Memory.getFloat(a0 + 4L * i) * Memory.getFloat(b0 + 4L * i));
    }
  }

  /** y = a + factor * b. */
  static void addMultiple(long a, float factor, long b, long y, int count) {
    FloatVector factors = FloatVector.broadcast(FLOATS, factor);
    long a0 = Memory.inRange(a);
    long b0 = Memory.inRange(b);
    long y0 = Memory.inRange(y);
    int whole = count - count % LANES;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector start = FloatVector.fromMemorySegment(FLOATS, ALL, a0 + 4L * i, ORDER);
      factors.fma(FloatVector.fromMemorySegment(FLOATS, ALL, b0 + 4L * i, ORDER), start).intoMemorySegment(ALL, y0 + 4L * i, ORDER);
    }
    for (int i = whole; i < count; i++) {
      Memory.setFloat(y0 + 4L * i, Math.fma(factor, Memory.getFloat(b0 + 4L * i), Memory.getFloat(a0 + 4L * i)));
    }
  }

  /** y += a * b. */
  static void addProducts(long a, long b, long y, int count) {
    long a0 = Memory.inRange(a);
    long b0 = Memory.inRange(b);
    long y0 = Memory.inRange(y);
    int whole = count - count % LANES;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector.fromMemorySegment(FLOATS, ALL, a0 + 4L * i, ORDER)
          .fma(FloatVector.fromMemorySegment(FLOATS, ALL, b0 + 4L * i, ORDER), FloatVector.fromMemorySegment(FLOATS, ALL, y0 + 4L * i, ORDER))
          .intoMemorySegment(ALL, y0 + 4L * i, ORDER);
    }
    for (int i = whole; i < count; i++) {
      Memory.setFloat(y0 + 4L * i, Math.fma(Memory.getFloat(a0 + 4L * i), Memory.getFloat(b0 + 4L * i), Memory.getFloat(y0 + 4L * i)));
    }
  }

  /** y = (x - mean) * factor. */
  static void normalize(long x, float mean, float factor, long y, int count) {
    long x0 = Memory.inRange(x);
    long y0 = Memory.inRange(y);
    int whole = count - count % LANES;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector.fromMemorySegment(FLOATS, ALL, x0 + 4L * i, ORDER).sub(mean).mul(factor).intoMemorySegment(ALL, y0 + 4L * i, ORDER);
    }
    for (int i = whole; i < count; i++) {
      Memory.setFloat(y0 + 4L * i, (Memory.getFloat(x0 + 4L * i) - mean) * factor);
    }
  }

  /** y = u where x is above 0, else 0: the gradient of {@link #relu}. */
  static void reluGradient(long x, long u, long y, int count) {
    FloatVector zero = FloatVector.zero(FLOATS);
    long x0 = Memory.inRange(x);
    long u0 = Memory.inRange(u);
    long y0 = Memory.inRange(y);
    int whole = count - count % LANES;
    for (int i = 0; i < whole; i += LANES) {
      VectorMask<Float> high = FloatVector.fromMemorySegment(FLOATS, ALL, x0 + 4L * i, ORDER).compare(VectorOperators.GT, 0);
      zero.blend(FloatVector.fromMemorySegment(FLOATS, ALL, u0 + 4L * i, ORDER), high).intoMemorySegment(ALL, y0 + 4L * i, ORDER);
    }
    for (int i = whole; i < count; i++) {
      Memory.setFloat(y0 + 4L * i, Memory.getFloat(x0 + 4L * i) > 0 ? Memory.getFloat(u0 + 4L * i) : 0);
    }
  }

  /** y = x multiplied by a factor where the draw is below a bound, else 0. */
  static void keep(long x, long draws, float bound, float factor, long y, int count) {
    FloatVector zero = FloatVector.zero(FLOATS);
    long x0 = Memory.inRange(x);
    long draws0 = Memory.inRange(draws);
    long y0 = Memory.inRange(y);
    int whole = count - count % LANES;
    for (int i = 0; i < whole; i += LANES) {
      VectorMask<Float> kept = FloatVector.fromMemorySegment(FLOATS, ALL, draws0 + 4L * i, ORDER).compare(VectorOperators.LT, bound);
      zero.blend(FloatVector.fromMemorySegment(FLOATS, ALL, x0 + 4L * i, ORDER).mul(factor), kept).intoMemorySegment(ALL, y0 + 4L * i, ORDER);
    }
    for (int i = whole; i < count; i++) {
      Memory.setFloat(y0 + 4L * i, Memory.getFloat(draws0 + 4L * i) < bound ? factor * Memory.getFloat(x0 + 4L * i) : 0);
    }
  }

  /** y = 0 where x is at most 0, else x: so not a number stays what it is. */
  static void relu(long x, long y, int count) {
    FloatVector zero = FloatVector.zero(FLOATS);
    long x0 = Memory.inRange(x);
    long y0 = Memory.inRange(y);
    int whole = count - count % LANES;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector value = FloatVector.fromMemorySegment(FLOATS, ALL, x0 + 4L * i, ORDER);
      VectorMask<Float> low = value.compare(VectorOperators.LE, 0);
      value.blend(zero, low).intoMemorySegment(ALL, y0 + 4L * i, ORDER);
    }
    for (int i = whole; i < count; i++) {
      float value = Memory.getFloat(x0 + 4L * i);
      Memory.setFloat(y0 + 4L * i, value <= 0 ? 0 : value);
    }
  }
}
