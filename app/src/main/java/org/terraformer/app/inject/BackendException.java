package org.terraformer.app.inject;

import org.terraformer.ports.failure.InvalidInputException;

/** The chosen backend can't run here or can't run this model; another one might. */
public final class BackendException extends InvalidInputException {
  private static final long serialVersionUID = 1L;

  public BackendException(String sentence) {
    super(sentence);
  }

  public BackendException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
