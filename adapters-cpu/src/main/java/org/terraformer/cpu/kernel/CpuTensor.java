package org.terraformer.cpu.kernel;

import java.lang.foreign.MemorySegment;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * The memory of a value: off-heap, row-major, items one after another, large enough for the execution limits.
 *
 * @param dtype how the elements are stored; for a weight as the checkpoint has it
 * @param data the elements
 * @param scales the block scales of Q8 elements, otherwise {@link MemorySegment#NULL}
 */
public record CpuTensor(Value value, DType dtype, MemorySegment data, MemorySegment scales) {

  /** The address of the first element. */
  public long address() {
    return data.address();
  }

  /** The address of the first scale. */
  public long scalesAddress() {
    return scales.address();
  }

  /** The number of elements of one item. */
  public int width() {
    return value.width();
  }
}
