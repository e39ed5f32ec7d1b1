package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.LaneSum.DOUBLES_EIGHTH;
import static org.terraformer.cpu.vector.LaneSum.DOUBLES_HALF;
import static org.terraformer.cpu.vector.LaneSum.DOUBLES_QUARTER;
import static org.terraformer.cpu.vector.LaneSum.DOUBLES_SCALE;
import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.DOUBLES;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Sums over floats in double precision, in a fixed order. */
final class Moments {
  private Moments() {}

  static double sum(long x, int size) {
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = low;
    long x0 = Memory.inRange(x);
    int whole = size - size % LANES;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector value = FloatVector.fromMemorySegment(FLOATS, ALL, x0 + 4L * i, ORDER);
      low = low.add(value.convertShape(VectorOperators.F2D, DOUBLES, 0));
      high = high.add(value.convertShape(VectorOperators.F2D, DOUBLES, 1));
    }
    DoubleVector both = low.add(high);
    both = both.add(both.rearrange(DOUBLES_HALF));
    both = both.add(both.rearrange(DOUBLES_QUARTER));
    both = both.add(both.rearrange(DOUBLES_EIGHTH));
    double sum = both.lane(0) * DOUBLES_SCALE;
    for (int i = whole; i < size; i++) {
      sum += Memory.getFloat(x0 + 4L * i);
    }
    return sum;
  }

  /** The sum of the squares of the differences from a mean. */
  static double squares(long x, float mean, int size) {
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = low;
    long x0 = Memory.inRange(x);
    int whole = size - size % LANES;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector value = FloatVector.fromMemorySegment(FLOATS, ALL, x0 + 4L * i, ORDER).sub(mean);
      DoubleVector first = (DoubleVector) value.convertShape(VectorOperators.F2D, DOUBLES, 0);
      DoubleVector second = (DoubleVector) value.convertShape(VectorOperators.F2D, DOUBLES, 1);
      low = first.fma(first, low);
      high = second.fma(second, high);
    }
    DoubleVector both = low.add(high);
    both = both.add(both.rearrange(DOUBLES_HALF));
    both = both.add(both.rearrange(DOUBLES_QUARTER));
    both = both.add(both.rearrange(DOUBLES_EIGHTH));
    double sum = both.lane(0) * DOUBLES_SCALE;
    for (int i = whole; i < size; i++) {
      double value = Memory.getFloat(x0 + 4L * i) - mean;
      sum += value * value;
    }
    return sum;
  }

  /** The sum of the products. */
  static double dot(long a, long b, int size) {
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = low;
    long a0 = Memory.inRange(a);
    long b0 = Memory.inRange(b);
    int whole = size - size % LANES;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, a0 + 4L * i, ORDER);
      FloatVector z = FloatVector.fromMemorySegment(FLOATS, ALL, b0 + 4L * i, ORDER);
      DoubleVector first = (DoubleVector) x.convertShape(VectorOperators.F2D, DOUBLES, 0);
      low = first.fma(z.convertShape(VectorOperators.F2D, DOUBLES, 0), low);
      DoubleVector second = (DoubleVector) x.convertShape(VectorOperators.F2D, DOUBLES, 1);
      high = second.fma(z.convertShape(VectorOperators.F2D, DOUBLES, 1), high);
    }
    DoubleVector both = low.add(high);
    both = both.add(both.rearrange(DOUBLES_HALF));
    both = both.add(both.rearrange(DOUBLES_QUARTER));
    both = both.add(both.rearrange(DOUBLES_EIGHTH));
    double sum = both.lane(0) * DOUBLES_SCALE;
    for (int i = whole; i < size; i++) {
      sum += (double) Memory.getFloat(a0 + 4L * i) * Memory.getFloat(b0 + 4L * i);
    }
    return sum;
  }
}
