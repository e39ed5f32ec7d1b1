package org.terraformer.cpu.scalar;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.terraformer.ports.tensor.BFloat16;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;

/** The elements of a weight, read where they lie. */
public final class ScalarWeight {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private ScalarWeight() {}

  public static ScalarTensor of(Tensor tensor) {
    MemorySegment data = tensor.data();
    return switch (tensor.dtype()) {
      case F32 -> (ReadOnly) index -> data.get(FLOAT, index * 4);
      case BF16 -> (ReadOnly) index -> BFloat16.toFloat(data.get(SHORT, index * 2));
      case Q8 -> {
        long columns = tensor.shape().columns();
        long blocks = DType.scaleColumns(columns);
        MemorySegment scales = tensor.scales();
        yield (ReadOnly) index -> data.get(ValueLayout.JAVA_BYTE, index)
            * (double) BFloat16.toFloat(scales.get(SHORT, (index / columns * blocks + index % columns / DType.Q8_BLOCK) * 2));
      }
      case I32 -> throw new IllegalArgumentException("Weights are not integers: " + tensor.name());
    };
  }

  private interface ReadOnly extends ScalarTensor {

    @Override
    default void set(long index, double value) {
      throw new UnsupportedOperationException("Weights are not written.");
    }

    @Override
    default int getInt(long index) {
      throw new UnsupportedOperationException("Weights are not integers.");
    }

    @Override
    default void setInt(long index, int value) {
      throw new UnsupportedOperationException("Weights are not integers.");
    }
  }
}
