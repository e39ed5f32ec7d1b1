package org.terraformer.app.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.terraformer.app.format.Reason;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;

/**
 * The texts of a file in UTF-8, plain or packed by gzip: one text, or where the name ends with {@code .jsonl} (before
 * {@code .gz}) one for each line, which is a JSON object with the text in a field.
 *
 * @param field the field of a JSON line that holds the text
 */
public record TextFile(Path file, String field) {
  /** The field where none is named. */
  public static final String FIELD = "text";

  private static final int PIECE = 1 << 20;

  /** Hears of a file's texts. */
  public interface Sink {

    /** A part of a text; it begins and ends where words do, if the text has line breaks. */
    void piece(String text);

    void endOfText();

    /** Whether to read on; else no piece comes any more, and no other text. */
    default boolean wantsMore() {
      return true;
    }
  }

  public TextFile(Path file) {
    this(file, FIELD);
  }

  /**
   * Reads all texts, or as many as are wanted.
   *
   * @param progress hears of the bytes of the file that were read
   * @throws InvalidInputException naming the file, and the line of JSON, and what is wrong
   */
  public void read(Sink sink, ProgressListener progress) {
    if (!Files.isRegularFile(file)) {
      throw InvalidInputException.of("There is no text file %s.", file);
    }
    try (BufferedReader reader = PackedReader.open(file, progress)) {
      if (JsonLines.isNamedSo(file)) {
        readLines(reader, sink);
      } else {
        readText(reader, sink);
      }
    } catch (IOException e) {
      throw new InvalidInputException("The text file %s can't be read: %s.".formatted(file, Reason.of(e)), e);
    }
  }

  private void readLines(BufferedReader reader, Sink sink) throws IOException {
    JsonLines.read(file.toString(), reader, List.of(field), (number, texts) -> {
      emit(texts.getFirst(), sink);
      sink.endOfText();
      return sink.wantsMore();
    });
  }

  private static void emit(String text, Sink sink) {
    int from = 0;
    while (text.length() - from > PIECE && sink.wantsMore()) {
      int end = cut(text, from + PIECE / 2, from + PIECE);
      sink.piece(text.substring(from, end));
      from = end;
    }
    if (from < text.length() && sink.wantsMore()) {
      sink.piece(text.substring(from));
    }
  }

  private static void readText(Reader reader, Sink sink) throws IOException {
    StringBuilder waiting = new StringBuilder();
    char[] buffer = new char[PIECE];
    for (int count = reader.read(buffer); count >= 0 && sink.wantsMore(); count = reader.read(buffer)) {
      waiting.append(buffer, 0, count);
      if (waiting.length() >= 2 * PIECE) {
        int end = cut(waiting, PIECE, waiting.length());
        sink.piece(waiting.substring(0, end));
        waiting.delete(0, end);
      }
    }
    if (!waiting.isEmpty() && sink.wantsMore()) {
      sink.piece(waiting.toString());
    }
    sink.endOfText();
  }

  /**
   * Where to part a text: behind the last single line break between words, which no tokenizer joins with what follows. Else
   * behind the last blank, else anywhere but within a surrogate pair.
   */
  private static int cut(CharSequence text, int from, int to) {
    int blank = -1;
    for (int i = to - 2; i >= from; i--) {
      if (Character.isWhitespace(text.charAt(i)) && !Character.isWhitespace(text.charAt(i + 1))) {
        if (text.charAt(i) == '\n' && !Character.isWhitespace(text.charAt(i - 1))) {
          return i + 1;
        }
        blank = blank < 0 ? i : blank;
      }
    }
    int end = blank > 0 ? blank : to - 1;
    return Character.isLowSurrogate(text.charAt(end)) ? end - 1 : end;
  }
}
