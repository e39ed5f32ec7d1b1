package org.terraformer.ports.kernel;

import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * A tensor of a recorded program; it has a place in the program but no memory.
 *
 * @param id its number in the program, from 0 in the order of recording
 * @param name the full name: of a weight as in the checkpoint, of a result as {@code scope/operation}
 * @param dtype the type of inputs and results; weights say F32 and are stored as the checkpoint has them
 * @param shape the shape of one item; {@code extent} says how many items there are
 */
public record Value(int id, Kind kind, String name, DType dtype, Extent extent, Shape shape) {

  /** Where a value comes from. */
  public enum Kind {
    /** Written by the caller before a run. */
    INPUT,
    /** A weight with rows along its innermost axis that may be stored as F32, F16, BF16 or Q8. */
    MATRIX,
    /** A small weight that is always computed with in F32: bias, norm, gate. */
    VECTOR,
    /** Kept between runs, one part for each sequence slot; its layout is the business of the backend's kernels. */
    STATE,
    /** The result of an operation. */
    RESULT
  }

  public boolean isWeight() {
    return kind == Kind.MATRIX || kind == Kind.VECTOR;
  }

  /** The number of elements of one item. */
  public int width() {
    return shape.intElements();
  }

  @Override
  public String toString() {
    return "%s %s%s".formatted(name, dtype, shape);
  }
}
