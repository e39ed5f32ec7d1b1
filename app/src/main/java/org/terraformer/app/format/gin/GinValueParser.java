package org.terraformer.app.format.gin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * Reads the values of a gin file: null, Boolean, Integer, Long, Double, String, List (also for tuples), Map, {@link GinReference},
 * {@link GinMacro}.
 */
final class GinValueParser {
  private static final int DEEPEST = 50;

  private final GinTokens tokens;
  private int depth;

  GinValueParser(GinTokens tokens) {
    this.tokens = tokens;
  }

  Object value() {
    if (++depth > DEEPEST) {
      throw tokens.wrong("nests brackets deeper than " + DEEPEST);
    }
    GinToken token = tokens.next();
    Object value = switch (token.kind()) {
      case STRING -> strings(token);
      case NUMBER -> number(token.text(), 1);
      case NAME -> constant(token);
      case SYMBOL -> switch (token.text()) {
        case "-" -> number(tokens.expect(GinToken.Kind.NUMBER, "a number").text(), -1);
        case "+" -> number(tokens.expect(GinToken.Kind.NUMBER, "a number").text(), 1);
        case "@" -> reference();
        case "%" -> new GinMacro(tokens.expect(GinToken.Kind.NAME, "a name").text());
        case "(" -> tuple();
        case "[" -> items("]");
        case "{" -> map();
        default -> throw tokens.unexpected(token, "a value");
      };
      default -> throw tokens.unexpected(token, "a value");
    };
    depth--;
    return value;
  }

  /** Strings side by side are one. */
  private String strings(GinToken first) {
    StringBuilder text = new StringBuilder(first.text());
    while (tokens.peek().kind() == GinToken.Kind.STRING) {
      text.append(tokens.next().text());
    }
    return text.toString();
  }

  private Object number(String digits, int sign) {
    String plain = digits.replace("_", "");
    if (plain.chars().allMatch(Character::isDigit)) {
      try {
        long number = sign * Long.parseLong(plain);
        return number == (int) number ? (Object) (int) number : (Object) number;
      } catch (NumberFormatException e) {
        throw new InvalidInputException(tokens.wrong("has the number " + digits + ", which is too large").getMessage(), e);
      }
    }
    return sign * Double.parseDouble(plain);
  }

  private Object constant(GinToken token) {
    return switch (token.text()) {
      case "True" -> true;
      case "False" -> false;
      case "None" -> null;
      default -> throw tokens.unexpected(token, "a value (strings have quotes)");
    };
  }

  private GinReference reference() {
    GinReference reference = GinReference.of(tokens.expect(GinToken.Kind.NAME, "a name").text());
    if (tokens.accept("(")) {
      tokens.expect(")");
    }
    return reference;
  }

  /** One value in parentheses is that value, unless a comma follows. */
  private Object tuple() {
    List<Object> items = new ArrayList<>();
    boolean comma = false;
    while (!tokens.accept(")")) {
      items.add(value());
      comma = tokens.accept(",");
      if (!comma) {
        tokens.expect(")");
        return items.size() == 1 ? items.getFirst() : items;
      }
    }
    return items;
  }

  private List<Object> items(String end) {
    List<Object> items = new ArrayList<>();
    while (!tokens.accept(end)) {
      items.add(value());
      if (!tokens.accept(",")) {
        tokens.expect(end);
        break;
      }
    }
    return items;
  }

  private Map<String, Object> map() {
    Map<String, Object> map = new LinkedHashMap<>();
    while (!tokens.accept("}")) {
      String key = String.valueOf(value());
      tokens.expect(":");
      map.put(key, value());
      if (!tokens.accept(",")) {
        tokens.expect("}");
        break;
      }
    }
    return map;
  }
}
