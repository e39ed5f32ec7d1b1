package org.terraformer.ports.kernel;

import java.util.List;
import org.terraformer.ports.tensor.Shape;

/**
 * One mathematical function of tensors, with its constants. Operations are records: two equal ones compute the same.
 * A backend finds the kernel by {@link #name()}; a new operation needs no change to existing classes, only a kernel in each
 * backend that is to run it.
 */
public interface Operation {

  /** The key under which backends register kernels, as {@code selected_rows_dot}. */
  String name();

  /**
   * Checks the operands and says what the result will be.
   *
   * @throws ShapeException with what is wrong, without naming the place: the recorder adds that
   */
  Signature infer(List<Value> operands);

  /**
   * Whether what a row of a run from position 0 on gets may depend on rows behind it. Then that run must have all rows that the sequence
   * starts with: in pieces they would get something else. Asked of programs that decode, so that what only training records need not say it.
   */
  default boolean dependsOnLaterRows() {
    return false;
  }

  /**
   * Whether what the result has at a place depends, of the operands of its shape, on the same row alone: then, if each row is read before it is
   * written, the result may lie where such an operand does, if nobody needs that any longer.
   */
  default boolean worksInPlace() {
    return false;
  }

  /** The shape of the part of a weight that is read for one row: all of it, unless the operation chooses. */
  default Shape readForOneRow(Value weight) {
    return weight.shape();
  }

  /**
   * In how many parts of equal size the state of a position falls, as into heads: a backend may keep a slot's state part by part, in each the
   * positions one after another, since a part is what is read together.
   */
  default int contextParts() {
    return 1;
  }

  /**
   * Records the gradients with respect to those operands for which somebody wants them.
   *
   * @throws ShapeException if this operation has none
   */
  default void differentiate(Adjoint adjoint) {
    throw new ShapeException("The operation %s has no gradient.".formatted(name()));
  }
}
