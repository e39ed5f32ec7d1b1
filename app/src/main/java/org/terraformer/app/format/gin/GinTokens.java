package org.terraformer.app.format.gin;

import java.util.List;
import org.terraformer.ports.failure.InvalidInputException;

/** The words of a gin file one after another; there is always one more. */
final class GinTokens {
  private final String file;
  private final List<GinToken> tokens;
  private int next;

  GinTokens(String file, String text) {
    this.file = file;
    this.tokens = GinLexer.tokens(file, text);
  }

  GinToken peek() {
    return tokens.get(Math.min(next, tokens.size() - 1));
  }

  GinToken next() {
    GinToken token = peek();
    next++;
    return token;
  }

  boolean accept(String symbol) {
    if (peek().is(symbol)) {
      next++;
      return true;
    }
    return false;
  }

  void expect(String symbol) {
    if (!accept(symbol)) {
      throw unexpected(peek(), symbol);
    }
  }

  GinToken expect(GinToken.Kind kind, String what) {
    GinToken token = next();
    if (token.kind() != kind) {
      throw unexpected(token, what);
    }
    return token;
  }

  InvalidInputException unexpected(GinToken token, String expected) {
    return InvalidInputException.of("Line %d of %s has %s where %s was expected.", token.line(), file, token.shown(), expected);
  }

  InvalidInputException wrong(String what) {
    return InvalidInputException.of("Line %d of %s %s.", peek().line(), file, what);
  }
}
