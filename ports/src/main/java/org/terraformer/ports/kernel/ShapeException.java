package org.terraformer.ports.kernel;

import org.terraformer.ports.failure.InvalidInputException;

/** Operands that do not fit an operation. */
public class ShapeException extends InvalidInputException {
  private static final long serialVersionUID = 1L;

  public ShapeException(String sentence) {
    super(sentence);
  }
}
