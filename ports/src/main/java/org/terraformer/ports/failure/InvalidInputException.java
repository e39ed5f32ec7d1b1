package org.terraformer.ports.failure;

import java.util.regex.Pattern;

/**
 * Something the user gave is wrong: a file, a field, a shape, a setting. The message is one sentence that names the
 * thing, its value and what is allowed, and it can be shown to a person as it is: control characters and line ends that a name
 * or a value brought along are question marks.
 */
public class InvalidInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}]");

  public InvalidInputException(String sentence) {
    super(onOneLine(sentence));
  }

  public InvalidInputException(String sentence, Throwable cause) {
    super(onOneLine(sentence), cause);
  }

  /** Formats the sentence as {@link String#formatted} does. */
  public static InvalidInputException of(String sentence, Object... values) {
    return new InvalidInputException(sentence.formatted(values));
  }

  private static String onOneLine(String sentence) {
    return CONTROLS.matcher(sentence).replaceAll("?");
  }
}
