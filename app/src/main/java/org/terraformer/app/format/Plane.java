package org.terraformer.app.format;

import java.util.List;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * What safetensors calls a tensor: a named piece of a file. A tensor of ours is one of them, or two if it is Q8: its elements
 * and its scales.
 */
record Plane(String name, String dtype, Shape shape, long bytes) {
  private static final int ALIGNMENT = 64;

  static List<Plane> of(TensorHeader tensor) {
    Plane data = new Plane(tensor.name(), tensor.dtype() == DType.Q8 ? "I8" : tensor.dtype().name(), tensor.shape(),
        tensor.dtype().dataBytes(tensor.shape()));
    if (tensor.dtype() != DType.Q8) {
      return List.of(data);
    }
    Shape scales = tensor.shape().withColumns(DType.scaleColumns(tensor.shape().columns()));
    return List.of(data, new Plane(scalesOf(tensor.name()), "BF16", scales, DType.Q8.scaleBytes(tensor.shape())));
  }

  /** The name of a Q8 tensor's scales. */
  static String scalesOf(String tensor) {
    return tensor + SafetensorsFile.SCALE_SUFFIX;
  }

  /** Whether what follows lies on a boundary of 64 bytes if this does. */
  boolean keepsAlignment() {
    return bytes % ALIGNMENT == 0;
  }
}
