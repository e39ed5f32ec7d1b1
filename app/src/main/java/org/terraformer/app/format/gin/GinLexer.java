package org.terraformer.app.format.gin;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.terraformer.ports.failure.InvalidInputException;

/** Splits a gin file in words. Lines go on within brackets and after a backslash. */
final class GinLexer {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*+(?:[./][A-Za-z_]\\w*+)*+");
  private static final Pattern NUMBER = Pattern.compile("(?:\\d[\\d_]*+\\.?\\d*+|\\.\\d++)(?:[eE][+-]?\\d++)?+");
  private static final String SYMBOLS = "=()[]{},:@%+-";
  private static final String OPENING = "([{";
  private static final String CLOSING = ")]}";

  private final String file;
  private final String text;
  private final List<GinToken> tokens = new ArrayList<>();
  private int at;
  private int line = 1;
  private int lineStart;
  private int depth;

  private GinLexer(String file, String text) {
    this.file = file;
    this.text = text;
  }

  /**
   * @param file for messages
   * @throws InvalidInputException if there is something that is no word
   */
  static List<GinToken> tokens(String file, String text) {
    return new GinLexer(file, text.replace("\r\n", "\n")).run();
  }

  private List<GinToken> run() {
    Matcher name = NAME.matcher(text);
    Matcher number = NUMBER.matcher(text);
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\n') {
        if (depth == 0) {
          add(GinToken.Kind.LINE_END, "", 0);
        }
        newLine();
      } else if (c == '\\' && at + 1 < text.length() && text.charAt(at + 1) == '\n') {
        at++;
        newLine();
      } else if (c == ' ' || c == '\t' || c == '\r') {
        at++;
      } else if (c == '#') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (c == '\'' || c == '"') {
        string(c);
      } else if (name.region(at, text.length()).lookingAt()) {
        add(GinToken.Kind.NAME, name.group(), name.group().length());
      } else if (number.region(at, text.length()).lookingAt()) {
        add(GinToken.Kind.NUMBER, number.group(), number.group().length());
      } else if (SYMBOLS.indexOf(c) >= 0) {
        depth += OPENING.indexOf(c) >= 0 ? 1 : CLOSING.indexOf(c) >= 0 ? -1 : 0;
        add(GinToken.Kind.SYMBOL, String.valueOf(c), 1);
      } else {
        throw InvalidInputException.of("Line %d of %s has the character %s, which means nothing there.",
            line, file, Character.isISOControl(c) ? "0x%02x".formatted((int) c) : c);
      }
    }
    add(GinToken.Kind.LINE_END, "", 0);
    add(GinToken.Kind.FILE_END, "", 0);
    return tokens;
  }

  private void add(GinToken.Kind kind, String word, int length) {
    tokens.add(new GinToken(kind, word, line, at - lineStart));
    at += length;
  }

  private void newLine() {
    at++;
    line++;
    lineStart = at;
  }

  private void string(char quote) {
    String triple = String.valueOf(quote).repeat(3);
    String end = text.startsWith(triple, at) ? triple : String.valueOf(quote);
    int start = at;
    int startLine = line;
    int startColumn = at - lineStart;
    StringBuilder content = new StringBuilder();
    for (at = start + end.length(); !text.startsWith(end, at); at++) {
      if (at >= text.length() || text.charAt(at) == '\n' && end.length() == 1) {
        throw InvalidInputException.of("Line %d of %s has a string that does not end.", startLine, file);
      }
      if (text.charAt(at) == '\\' && at + 1 < text.length()) {
        at++;
        content.append(escaped(text.charAt(at)));
      } else {
        content.append(text.charAt(at));
      }
      if (text.charAt(at) == '\n') {
        line++;
        lineStart = at + 1;
      }
    }
    at += end.length();
    tokens.add(new GinToken(GinToken.Kind.STRING, content.toString(), startLine, startColumn));
  }

  private static String escaped(char c) {
    return switch (c) {
      case 'n' -> "\n";
      case 't' -> "\t";
      case '\\', '\'', '"' -> String.valueOf(c);
      case '\n' -> "";
      default -> "\\" + c;
    };
  }
}
