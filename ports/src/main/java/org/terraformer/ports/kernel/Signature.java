package org.terraformer.ports.kernel;

import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/** The type, extent and item shape of the result of an operation. */
public record Signature(DType dtype, Extent extent, Shape shape) {

  /** F32 items of this shape, as many as {@code like} has. */
  public static Signature like(Value like, Shape shape) {
    return new Signature(DType.F32, like.extent(), shape);
  }
}
