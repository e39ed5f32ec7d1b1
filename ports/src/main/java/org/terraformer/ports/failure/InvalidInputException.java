package org.terraformer.ports.failure;

/**
 * Something the user gave is wrong: a file, a field, a shape, a setting. The message is one sentence that names the
 * thing, its value and what is allowed, and it can be shown to a person as it is.
 */
public class InvalidInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidInputException(String sentence) {
    super(sentence);
  }

  public InvalidInputException(String sentence, Throwable cause) {
    super(sentence, cause);
  }

  /** Formats the sentence as {@link String#formatted} does. */
  public static InvalidInputException of(String sentence, Object... values) {
    return new InvalidInputException(sentence.formatted(values));
  }
}
