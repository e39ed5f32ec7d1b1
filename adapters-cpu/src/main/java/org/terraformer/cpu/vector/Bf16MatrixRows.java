package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.INTS;
import static org.terraformer.cpu.vector.Species.LANES;
import static org.terraformer.cpu.vector.Species.SHORTS;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** Rows of BF16 elements, a stride apart. */
final class Bf16MatrixRows extends MatrixRows {
  private final long address;
  private final long stride;

  Bf16MatrixRows(long address, long stride) {
    this.address = address;
    this.stride = stride;
  }

  @Override
  void read(long row, int from, int count, long to) {
    long source = Memory.inRange(address + row * stride + 2L * from);
    long target = Memory.inRange(to);
    int end = count - count % LANES;
    for (int i = 0; i < end; i = Loops.next(i, LANES)) {
      ((IntVector) ShortVector.fromMemorySegment(SHORTS, ALL, source + 2L * i, ORDER)
          .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0)).lanewise(VectorOperators.LSHL, 16)
          .intoMemorySegment(ALL, target + 4L * i, ORDER);
    }
    for (int i = end; i < count; i++) {
      Memory.setFloat(to + 4L * i, Memory.getBf16(source + 2L * i));
    }
  }
}
