package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.BYTES;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.terraformer.ports.tensor.DType;

/** Rows of Q8 elements with a scale for each block of a row. */
final class Q8MatrixRows extends MatrixRows {
  private static final int BLOCK = DType.Q8_BLOCK;

  private final long address;
  private final long scales;
  private final long stride;
  private final long scaleStride;

  Q8MatrixRows(long address, long scales, long columns) {
    this.address = address;
    this.scales = scales;
    this.stride = columns;
    this.scaleStride = 2 * DType.scaleColumns(columns);
  }

  @Override
  void read(long row, int from, int count, long to) {
    long source = Memory.inRange(address + row * stride + from);
    long scale = Memory.inRange(scales + row * scaleStride + 2L * (from / BLOCK));
    long target = Memory.inRange(to);
    int i = 0;
    for (; i + BLOCK <= count; i = Loops.next(i, BLOCK)) {
      FloatVector factor = FloatVector.broadcast(FLOATS, Memory.getBf16(scale + 2L * (i / BLOCK)));
      for (int j = 0; j < BLOCK; j += LANES) {
        ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, source + i + j, ORDER).convertShape(VectorOperators.B2F, FLOATS, 0))
            .mul(factor).intoMemorySegment(ALL, target + 4L * i + 4L * j, ORDER);
      }
    }
    if (i < count) {
      float last = Memory.getBf16(scale + 2L * (i / BLOCK));
      FloatVector factor = FloatVector.broadcast(FLOATS, last);
      for (; i + BYTES.length() <= count; i += LANES) {
        ((FloatVector) ByteVector.fromMemorySegment(BYTES, ALL, source + i, ORDER).convertShape(VectorOperators.B2F, FLOATS, 0))
            .mul(factor).intoMemorySegment(ALL, to + 4L * i, ORDER);
      }
      for (; i < count; i++) {
        Memory.setFloat(to + 4L * i, last * Memory.getByte(source + i));
      }
    }
  }
}
