package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.FloatVector;

/** Rows of floats, a stride apart. */
final class F32MatrixRows extends MatrixRows {
  private final long address;
  private final long stride;

  F32MatrixRows(long address, long stride) {
    this.address = address;
    this.stride = stride;
  }

  @Override
  void read(long row, int from, int count, long to) {
    long source = address + row * stride + 4L * from;
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector.fromMemorySegment(FLOATS, ALL, source + 4L * i, ORDER).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
    for (; i < count; i++) {
      Memory.setFloat(to + 4L * i, Memory.getFloat(source + 4L * i));
    }
  }
}
