package org.terraformer.app.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.terraformer.app.format.Reason;
import org.terraformer.ports.failure.InvalidInputException;

/** The text of a prompt or a source, which must be UTF-8. */
final class Prompt {
  private static final char REPLACEMENT = '\uFFFD';
  private static final int LARGEST = 64 << 20;

  private Prompt() {}

  /** The text of a file if there is one, else of the argument, where {@code -} is standard input. */
  static String of(String argument, Path file) {
    return file != null ? ofFile(file) : argument.equals("-") ? ofStandardInput(System.in) : ofArgument(argument);
  }

  /** From the command line, where the JVM has put U+FFFD for what is not UTF-8. */
  static String ofArgument(String text) {
    int broken = text.indexOf(REPLACEMENT);
    if (broken >= 0) {
      throw InvalidInputException.of(
          "The prompt has bytes that are not UTF-8 at character %d; it must be UTF-8 text, or U+FFFD itself by --prompt-file.",
          broken + 1);
    }
    return text;
  }

  static String ofFile(Path file) {
    if (Files.isDirectory(file)) {
      throw InvalidInputException.of("The prompt file %s is a folder; it must be a text file.", file);
    }
    try (InputStream in = Files.newInputStream(file)) {
      return read("The prompt file " + file, in);
    } catch (IOException e) {
      throw new InvalidInputException("The prompt file %s can't be read: %s.".formatted(file, Reason.of(e)), e);
    }
  }

  static String ofStandardInput(InputStream in) {
    try {
      return read("Standard input", in);
    } catch (IOException e) {
      throw new InvalidInputException("Standard input can't be read: %s.".formatted(Reason.of(e)), e);
    }
  }

  /** The whole stream, less one line break at its end, which editors and {@code echo} leave there. */
  private static String read(String origin, InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(LARGEST + 1);
    if (bytes.length > LARGEST) {
      throw InvalidInputException.of("%s has more than %,d bytes, the most that a prompt may have.", origin, LARGEST);
    }
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer source = ByteBuffer.wrap(bytes);
    CharBuffer text = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(source, text, true);
    if (result.isError()) {
      int broken = source.position();
      throw InvalidInputException.of("%s is not UTF-8: byte %d is 0x%02X.", origin, broken + 1, bytes[broken]);
    }
    return text.flip().toString().replaceFirst("\\r?\\n\\z", "");
  }
}
