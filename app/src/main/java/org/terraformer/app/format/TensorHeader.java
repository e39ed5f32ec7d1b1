package org.terraformer.app.format;

import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/** What is known of a tensor before its elements are read. */
public record TensorHeader(String name, DType dtype, Shape shape) {

  /** The header of a tensor that is there. */
  public static TensorHeader of(Tensor tensor) {
    return new TensorHeader(tensor.name(), tensor.dtype(), tensor.shape());
  }
}
