package org.terraformer.ports.kernel;

/**
 * Where one step of a program records its gradient: given the gradient of a loss with respect to the step's result, the step adds its part
 * to those with respect to its operands.
 */
public interface Adjoint {

  /** The gradient of the loss with respect to the result; as the result. */
  Value upstream();

  Value operand(int index);

  Value result();

  /** Whether anybody needs the gradient with respect to this operand. */
  boolean wants(int operand);

  /** Adds to the gradient with respect to an operand, which has as many elements; a weight's has one item, whatever is run. */
  void add(int operand, Value gradient);

  /** Records an operation after all that were recorded before. */
  Value apply(Operation operation, Value... operands);
}
