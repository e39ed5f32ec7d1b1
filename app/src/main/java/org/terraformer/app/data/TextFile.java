package org.terraformer.app.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
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
  private static final int GZIP_MAGIC = 0x1F8B;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Hears of a file's texts. */
  public interface Sink {

    /** A part of a text; it begins and ends where words do, if the text has line breaks. */
    void piece(String text);

    void endOfText();
  }

  public TextFile(Path file) {
    this(file, FIELD);
  }

  /**
   * Reads all texts.
   *
   * @param progress hears of the bytes of the file that were read
   * @throws InvalidInputException naming the file, and the line of JSON, and what is wrong
   */
  public void read(Sink sink, ProgressListener progress) {
    if (!Files.isRegularFile(file)) {
      throw InvalidInputException.of("There is no text file %s.", file);
    }
    try (InputStream in = unpacked(new CountedInput(Files.newInputStream(file), Files.size(file), progress));
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT)), PIECE)) {
      if (isJsonLines()) {
        readLines(reader, sink);
      } else {
        readText(reader, sink);
      }
    } catch (IOException e) {
      throw new InvalidInputException("The text file %s can't be read: %s.".formatted(file, Reason.of(e)), e);
    }
  }

  private boolean isJsonLines() {
    String name = file.getFileName().toString();
    return (name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name).endsWith(".jsonl");
  }

  private static InputStream unpacked(InputStream in) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(in, 1 << 16);
    buffered.mark(2);
    int magic = buffered.read() << 8 | buffered.read();
    buffered.reset();
    return magic == GZIP_MAGIC ? new GZIPInputStream(buffered, 1 << 16) : buffered;
  }

  private void readLines(BufferedReader reader, Sink sink) throws IOException {
    int number = 0;
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      number++;
      if (!line.isBlank()) {
        emit(text(line, number), sink);
        sink.endOfText();
      }
    }
  }

  private String text(String line, int number) {
    try {
      JsonNode text = JSON.readTree(line).get(field);
      if (text == null || !text.isTextual()) {
        throw InvalidInputException.of("Line %d of %s has no text in a field %s.", number, file, field);
      }
      return text.textValue();
    } catch (JsonProcessingException e) {
      throw new InvalidInputException("Line %d of %s is not a JSON object.".formatted(number, file), e);
    }
  }

  private static void emit(String text, Sink sink) {
    int from = 0;
    while (text.length() - from > PIECE) {
      int end = cut(text, from + PIECE / 2, from + PIECE);
      sink.piece(text.substring(from, end));
      from = end;
    }
    if (from < text.length()) {
      sink.piece(text.substring(from));
    }
  }

  private static void readText(Reader reader, Sink sink) throws IOException {
    StringBuilder waiting = new StringBuilder();
    char[] buffer = new char[PIECE];
    for (int count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
      waiting.append(buffer, 0, count);
      if (waiting.length() >= 2 * PIECE) {
        int end = cut(waiting, PIECE, waiting.length());
        sink.piece(waiting.substring(0, end));
        waiting.delete(0, end);
      }
    }
    if (!waiting.isEmpty()) {
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

  private static final class CountedInput extends FilterInputStream {
    private final long total;
    private final ProgressListener progress;
    private long done;

    private CountedInput(InputStream in, long total, ProgressListener progress) {
      super(in);
      this.total = total;
      this.progress = progress;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = in.read(bytes, offset, length);
      done += Math.max(0, count);
      progress.progressed("reading text", done, total);
      return count;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
