package org.terraformer.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.scalar.ScalarTensor;
import org.terraformer.cpu.scalar.ScalarWeight;
import org.terraformer.cpu.scalar.SegmentElements;
import org.terraformer.ports.tensor.BFloat16;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;

/** Memory of this backend as plain kernels see it. */
final class SegmentTensor implements ScalarTensor {
  private final MemorySegment data;
  private final boolean halves;

  private SegmentTensor(MemorySegment data, boolean halves) {
    this.data = data;
    this.halves = halves;
  }

  static ScalarTensor of(CpuTensor tensor) {
    if (tensor.value().isWeight()) {
      return ScalarWeight.of(new Tensor(tensor.value().name(), tensor.dtype(), tensor.value().shape(), tensor.data(), tensor.scales()));
    }
    return new SegmentTensor(tensor.data(), tensor.dtype() == DType.BF16);
  }

  @Override
  public double get(long index) {
    return halves
        ? BFloat16.toFloat(data.getAtIndex(ValueLayout.JAVA_SHORT, index))
        : data.getAtIndex(ValueLayout.JAVA_FLOAT, index);
  }

  @Override
  public void read(long index, double[] destination) {
    if (halves) {
      SegmentElements.readHalves(data, index, destination);
    } else {
      SegmentElements.readFloats(data, index, destination);
    }
  }

  @Override
  public void set(long index, double value) {
    if (halves) {
      data.setAtIndex(ValueLayout.JAVA_SHORT, index, BFloat16.fromFloat((float) value));
    } else {
      data.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) value);
    }
  }

  @Override
  public int getInt(long index) {
    return data.getAtIndex(ValueLayout.JAVA_INT, index);
  }

  @Override
  public void setInt(long index, int value) {
    data.setAtIndex(ValueLayout.JAVA_INT, index, value);
  }
}
