package org.terraformer.app.format;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/**
 * What safetensors calls a tensor: a named piece of a file. A tensor of ours is one of them, or two if it is Q8: its elements and its scales.
 */
record Plane(String name, String dtype, Shape shape, MemorySegment data) {
  private static final int ALIGNMENT = 64;

  static List<Plane> of(Tensor tensor) {
    if (tensor.dtype() != DType.Q8) {
      return List.of(new Plane(tensor.name(), tensor.dtype().name(), tensor.shape(), tensor.data()));
    }
    Shape scales = tensor.shape().withColumns(DType.scaleColumns(tensor.shape().columns()));
    return List.of(new Plane(tensor.name(), "I8", tensor.shape(), tensor.data()),
        new Plane(tensor.name() + SafetensorsFile.SCALE_SUFFIX, "BF16", scales, tensor.scales()));
  }

  long bytes() {
    return data.byteSize();
  }

  /** Whether what follows lies on a boundary of 64 bytes if this does. */
  boolean keepsAlignment() {
    return data.byteSize() % ALIGNMENT == 0;
  }
}
