package org.terraformer.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.terraformer.ports.tensor.BFloat16;
import org.terraformer.ports.tensor.DType;

/** Writes the same elements again and again. */
final class StateFill {
  private StateFill() {}

  static void fill(MemorySegment state, DType dtype, float[] elements) {
    MemorySegment pattern = MemorySegment.ofArray(new byte[elements.length * (dtype == DType.BF16 ? 2 : 4)]);
    for (int i = 0; i < elements.length; i++) {
      if (dtype == DType.BF16) {
        pattern.setAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i, BFloat16.fromFloat(elements[i]));
      } else {
        pattern.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, elements[i]);
      }
    }
    for (long at = 0; at < state.byteSize(); at += pattern.byteSize()) {
      MemorySegment.copy(pattern, 0, state, at, Math.min(pattern.byteSize(), state.byteSize() - at));
    }
  }
}
