package org.terraformer.app.format.gin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * Reads gin files: bindings {@code scope/module.Class.parameter = value}, alone or in a block under {@code Class:}, macros
 * {@code name = value}, {@code include 'file'} relative to the file itself. Imports are passed over; nothing is ever executed.
 */
public final class GinReader {
  private static final long LARGEST_FILE = 1 << 20;
  private static final int DEEPEST_INCLUDE = 20;

  private final GinConfig config;
  private int includes;

  private GinReader(GinConfig config) {
    this.config = config;
  }

  /**
   * Reads a file and what it includes.
   *
   * @throws InvalidInputException naming file and line of the first mistake
   */
  public static GinConfig read(Path file) {
    GinReader reader = new GinReader(new GinConfig(file.toString()));
    reader.include(file, file.toString());
    return reader.config;
  }

  /**
   * Reads a text.
   *
   * @param file where the text is from, for messages and includes
   */
  public static GinConfig parse(Path file, String text) {
    GinReader reader = new GinReader(new GinConfig(file.toString()));
    reader.statements(file, text);
    return reader.config;
  }

  private void include(Path file, String asked) {
    if (!Files.isRegularFile(file)) {
      throw InvalidInputException.of("There is no gin file %s.", asked);
    }
    if (++includes > DEEPEST_INCLUDE) {
      throw InvalidInputException.of("%s includes more than %d files within each other.", config.origin(), DEEPEST_INCLUDE);
    }
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw InvalidInputException.of("%s has %d bytes but at most %d are allowed.", file, Files.size(file), LARGEST_FILE);
      }
      statements(file, new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be read: %s.".formatted(file, e.getMessage()), e);
    }
    includes--;
  }

  private void statements(Path file, String text) {
    GinTokens tokens = new GinTokens(file.toString(), text);
    while (tokens.peek().kind() != GinToken.Kind.FILE_END) {
      GinToken token = tokens.next();
      switch (token.kind()) {
        case LINE_END -> { }
        case NAME -> statement(file, token, tokens);
        default -> throw tokens.unexpected(token, "a name");
      }
    }
  }

  private void statement(Path file, GinToken name, GinTokens tokens) {
    GinToken after = tokens.peek();
    if (name.text().equals("include") && after.kind() == GinToken.Kind.STRING) {
      String included = tokens.next().text();
      endOfLine(tokens);
      try {
        include(file.resolveSibling(included), "%s, which line %d of %s includes".formatted(included, name.line(), file));
      } catch (java.nio.file.InvalidPathException e) {
        throw new InvalidInputException(
            "Line %d of %s includes a file whose name is impossible: %s.".formatted(name.line(), file, e.getReason()), e);
      }
    } else if ((name.text().equals("import") || name.text().equals("from")) && after.kind() == GinToken.Kind.NAME) {
      while (tokens.peek().kind() != GinToken.Kind.LINE_END) {
        tokens.next();
      }
    } else if (tokens.accept(":")) {
      endOfLine(tokens);
      block(name.text(), tokens);
    } else {
      binding(name.text(), tokens);
    }
  }

  /** Indented lines, each with a parameter of the class above. */
  private void block(String owner, GinTokens tokens) {
    while (tokens.peek().kind() == GinToken.Kind.LINE_END
        || tokens.peek().kind() == GinToken.Kind.NAME && tokens.peek().column() > 0) {
      GinToken token = tokens.next();
      if (token.kind() == GinToken.Kind.NAME) {
        binding(owner + "." + token.text(), tokens);
      }
    }
  }

  private void binding(String left, GinTokens tokens) {
    tokens.expect("=");
    config.bind(left, new GinValueParser(tokens).value());
    endOfLine(tokens);
  }

  private static void endOfLine(GinTokens tokens) {
    tokens.expect(GinToken.Kind.LINE_END, "the end of the line");
  }
}
