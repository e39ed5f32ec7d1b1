package org.terraformer.domain.training.optimizer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/** Makes the state of one parameter. */
final class Slots {
  private final Tensor weight;
  private final SegmentAllocator memory;

  /**
   * @throws IllegalArgumentException if weight and gradient are not F32 of one shape
   */
  Slots(Tensor weight, Tensor gradient, SegmentAllocator memory) {
    if (weight.dtype() != DType.F32 || gradient.dtype() != DType.F32 || !weight.shape().equals(gradient.shape())) {
      throw new IllegalArgumentException("The weight %s is %s of shape %s and its gradient %s of shape %s, but both must be F32 of one shape"
          .formatted(weight.name(), weight.dtype(), weight.shape(), gradient.dtype(), gradient.shape()));
    }
    this.weight = weight;
    this.memory = memory;
  }

  Tensor make(String name, float value) {
    return make(name, weight.shape(), value);
  }

  Tensor make(String name, Shape shape, float value) {
    MemorySegment data = memory.allocate(shape.elements() * Float.BYTES, Float.BYTES);
    for (long i = 0; i < shape.elements(); i++) {
      data.set(ValueLayout.JAVA_FLOAT_UNALIGNED, i * Float.BYTES, value);
    }
    return new Tensor(weight.name() + "." + name, DType.F32, shape, data);
  }
}
