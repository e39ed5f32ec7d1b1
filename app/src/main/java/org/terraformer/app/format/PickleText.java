package org.terraformer.app.format;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The texts of protocol 0, which are lines with escapes. */
final class PickleText {
  private static final Pattern CODE_POINT = Pattern.compile("\\\\u([0-9a-fA-F]{4})|\\\\U([0-9a-fA-F]{8})");
  private static final Pattern ESCAPE = Pattern.compile("\\\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|(.))");
  private static final String LETTERS = "abfnrtv";
  private static final String CONTROLS = "\u0007\b\f\n\r\t\u000b";

  private PickleText() {}

  /** A text whose characters from 256 on, and the backslash, are written as their numbers. */
  static String unicode(String line) {
    return CODE_POINT.matcher(line).replaceAll(match -> {
      int codePoint = Integer.parseUnsignedInt(match.group(1) != null ? match.group(1) : match.group(2), 16);
      return Matcher.quoteReplacement(Character.isValidCodePoint(codePoint) ? Character.toString(codePoint) : match.group());
    });
  }

  /** A text as Python writes it in its programs, in quotation marks of either kind. */
  static String quoted(String line) {
    String inner = line.length() < 2 ? line : line.substring(1, line.length() - 1);
    return ESCAPE.matcher(inner).replaceAll(match -> Matcher.quoteReplacement(
        match.group(1) != null ? Character.toString(Integer.parseInt(match.group(1), 16))
            : match.group(2) != null ? Character.toString(Integer.parseInt(match.group(2), 8) & 0xFF)
            : unescaped(match.group(3))));
  }

  private static String unescaped(String letter) {
    int control = LETTERS.indexOf(letter);
    return control >= 0 ? CONTROLS.substring(control, control + 1)
        : letter.equals("\\") || letter.equals("'") || letter.equals("\"") ? letter : "\\" + letter;
  }
}
