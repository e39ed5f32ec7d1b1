package org.terraformer.app.format.gin;

/**
 * A word of a gin file.
 *
 * @param text the name, the symbol, the digits, or the string's content
 * @param column 0 at the start of a line
 */
record GinToken(Kind kind, String text, int line, int column) {
  enum Kind {
    /** A dotted name, with scopes before slashes. */
    NAME,
    NUMBER,
    STRING,
    SYMBOL,
    /** The end of a statement. */
    LINE_END,
    FILE_END
  }

  boolean is(String symbol) {
    return kind == Kind.SYMBOL && text.equals(symbol);
  }

  /** How a message shows it. */
  String shown() {
    return switch (kind) {
      case LINE_END -> "the end of the line";
      case FILE_END -> "the end of the file";
      case STRING -> "a string";
      default -> text.length() > 40 ? text.substring(0, 40) + "..." : text;
    };
  }
}
