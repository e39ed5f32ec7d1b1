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

/** Rows of F16 elements, a stride apart; how they become floats is told at {@link F16Rows}. */
final class F16MatrixRows extends MatrixRows {
  private final long address;
  private final long stride;

  F16MatrixRows(long address, long stride) {
    this.address = address;
    this.stride = stride;
  }

  @Override
  void read(long row, int from, int count, long to) {
    long source = Memory.inRange(address + row * stride + 2L * from);
    long target = Memory.inRange(to);
    IntVector fields = IntVector.fromMemorySegment(INTS, ALL, F16Rows.FIELDS, ORDER);
    FloatVector power = FloatVector.fromMemorySegment(FLOATS, ALL, F16Rows.POWER, ORDER);
    int end = count - count % LANES;
    for (int i = 0; i < end; i = Loops.next(i, LANES)) {
      ((IntVector) ShortVector.fromMemorySegment(SHORTS, ALL, source + 2L * i, ORDER)
          .convertShape(VectorOperators.S2I, INTS, 0)).lanewise(VectorOperators.LSHL, F16Rows.SHIFT).and(fields).reinterpretAsFloats().mul(power)
          .intoMemorySegment(ALL, target + 4L * i, ORDER);
    }
    for (int i = end; i < count; i++) {
      Memory.setFloat(to + 4L * i, Memory.getF16(source + 2L * i));
    }
  }
}
