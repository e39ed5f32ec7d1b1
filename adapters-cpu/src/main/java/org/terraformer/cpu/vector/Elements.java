package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
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
