package org.terraformer.app.trax;

import java.lang.foreign.Arena;
import java.util.List;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/**
 * How a weight is made of the arrays of a checkpoint.
 *
 * @param name the weight's name
 * @param shape the weight's shape
 * @param arrays the shapes, as trax has them, of the arrays that belong to it, in trax's order
 */
record TraxWeight(String name, Shape shape, List<Shape> arrays, Assembly assembly) {

  /** Makes the weight of its arrays. */
  @FunctionalInterface
  interface Assembly {
    /**
     * @param arrays of one type, F32, F16 or BF16, as many as announced, with as many elements
     * @param arena owns what is new; a weight that needs no new layout shares the memory of its array
     */
    Tensor assemble(List<Tensor> arrays, Arena arena);
  }
}
