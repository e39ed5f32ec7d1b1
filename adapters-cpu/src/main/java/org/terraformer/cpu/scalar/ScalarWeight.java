package org.terraformer.cpu.scalar;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.terraformer.ports.tensor.BFloat16;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;

/** The elements of a weight, read where they lie. */
public final class ScalarWeight {
  private ScalarWeight() {}

  public static ScalarTensor of(Tensor tensor) {
    return switch (tensor.dtype()) {
      case F32 -> new F32(tensor.data());
      case BF16 -> new Bf16(tensor.data());
      case F16 -> new F16(tensor.data());
      case Q8 -> new Q8(tensor.data(), tensor.scales(), tensor.shape().columns());
      case I32 -> throw new IllegalArgumentException("Weights are not integers: " + tensor.name());
    };
  }

  private record F32(MemorySegment data) implements ReadOnly {

    @Override
    public double get(long index) {
      return data.get(SegmentElements.FLOAT, index * 4);
    }

    @Override
    public void read(long index, double[] destination) {
      SegmentElements.readFloats(data, index, destination);
    }
  }

  private record Bf16(MemorySegment data) implements ReadOnly {

    @Override
    public double get(long index) {
      return BFloat16.toFloat(data.get(SegmentElements.SHORT, index * 2));
    }

    @Override
    public void read(long index, double[] destination) {
      SegmentElements.readHalves(data, index, destination);
    }
  }

  private record F16(MemorySegment data) implements ReadOnly {

    @Override
    public double get(long index) {
      return Float.float16ToFloat(data.get(SegmentElements.SHORT, index * 2));
    }

    @Override
    public void read(long index, double[] destination) {
      short[] elements = new short[destination.length];
      MemorySegment.copy(data, SegmentElements.SHORT, index * 2, elements, 0, elements.length);
      for (int i = 0; i < elements.length; i++) {
        destination[i] = Float.float16ToFloat(elements[i]);
      }
    }
  }

  private record Q8(MemorySegment data, MemorySegment scales, long columns) implements ReadOnly {

    @Override
    public double get(long index) {
      return data.get(ValueLayout.JAVA_BYTE, index) * scale(index);
    }

    private double scale(long index) {
      long block = index / columns * DType.scaleColumns(columns) + index % columns / DType.Q8_BLOCK;
      return BFloat16.toFloat(scales.get(SegmentElements.SHORT, block * 2));
    }

    @Override
    public void read(long index, double[] destination) {
      byte[] elements = new byte[destination.length];
      MemorySegment.copy(data, ValueLayout.JAVA_BYTE, index, elements, 0, elements.length);
      double scale = 0;
      int column = (int) (index % columns);
      for (int i = 0; i < elements.length; i++, column = column + 1 == columns ? 0 : column + 1) {
        if (i == 0 || column % DType.Q8_BLOCK == 0) {
          scale = scale(index + i);
        }
        destination[i] = elements[i] * scale;
      }
    }
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
