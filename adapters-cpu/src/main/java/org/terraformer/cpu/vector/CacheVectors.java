package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.INTS;
import static org.terraformer.cpu.vector.Species.LANES;
import static org.terraformer.cpu.vector.Species.SHORTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** Products with and sums of cached keys and values, short vectors of F32 or BF16. */
final class CacheVectors {
  private CacheVectors() {}

  static float dotF32(long x, long cached, int size) {
    FloatVector sum = FloatVector.zero(FLOATS);
    int i = 0;
    for (; i + LANES <= size; i += LANES) {
      sum = FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER)
          .fma(FloatVector.fromMemorySegment(FLOATS, ALL, cached + 4L * i, ORDER), sum);
    }
    float result = LaneSum.of(sum);
    for (; i < size; i++) {
      result += Memory.getFloat(x + 4L * i) * Memory.getFloat(cached + 4L * i);
    }
    return result;
  }

  static float dotBf16(long x, long cached, int size) {
    FloatVector sum = FloatVector.zero(FLOATS);
    int i = 0;
    for (; i + LANES <= size; i += LANES) {
      FloatVector wide = ((IntVector) ShortVector.fromMemorySegment(SHORTS, ALL, cached + 2L * i, ORDER)
          .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0)).lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      sum = FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER).fma(wide, sum);
    }
    float result = LaneSum.of(sum);
    for (; i < size; i++) {
      result += Memory.getFloat(x + 4L * i) * Memory.getBf16(cached + 2L * i);
    }
    return result;
  }

  static void addScaledF32(float factor, long cached, long y, int size) {
    FloatVector a = FloatVector.broadcast(FLOATS, factor);
    int i = 0;
    for (; i + LANES <= size; i += LANES) {
      FloatVector.fromMemorySegment(FLOATS, ALL, cached + 4L * i, ORDER)
          .fma(a, FloatVector.fromMemorySegment(FLOATS, ALL, y + 4L * i, ORDER)).intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
    for (; i < size; i++) {
      Memory.setFloat(y + 4L * i, Memory.getFloat(y + 4L * i) + factor * Memory.getFloat(cached + 4L * i));
    }
  }

  static void addScaledBf16(float factor, long cached, long y, int size) {
    FloatVector a = FloatVector.broadcast(FLOATS, factor);
    int i = 0;
    for (; i + LANES <= size; i += LANES) {
      FloatVector wide = ((IntVector) ShortVector.fromMemorySegment(SHORTS, ALL, cached + 2L * i, ORDER)
          .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0)).lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      wide.fma(a, FloatVector.fromMemorySegment(FLOATS, ALL, y + 4L * i, ORDER)).intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
    for (; i < size; i++) {
      Memory.setFloat(y + 4L * i, Memory.getFloat(y + 4L * i) + factor * Memory.getBf16(cached + 2L * i));
    }
  }
}
