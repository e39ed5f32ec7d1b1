package org.terraformer.cpu.scalar;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.terraformer.ports.tensor.BFloat16;

/** Elements in memory, little-endian, aligned or not. Many at a time are copied first: in a program that has just started a copy is far faster than a loop. */
public final class SegmentElements {
  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private SegmentElements() {}

  /** Reads F32 elements from the one with this index on. */
  public static void readFloats(MemorySegment data, long index, double[] destination) {
    float[] elements = new float[destination.length];
    MemorySegment.copy(data, FLOAT, 4 * index, elements, 0, elements.length);
    for (int i = 0; i < elements.length; i++) {
      destination[i] = elements[i];
    }
  }

  /** Reads BF16 elements from the one with this index on. */
  public static void readHalves(MemorySegment data, long index, double[] destination) {
    short[] elements = new short[destination.length];
    MemorySegment.copy(data, SHORT, 2 * index, elements, 0, elements.length);
    for (int i = 0; i < elements.length; i++) {
      destination[i] = BFloat16.toFloat(elements[i]);
    }
  }
}
