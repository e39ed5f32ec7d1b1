package org.terraformer.app.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.terraformer.app.format.Reason;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;

/**
 * A file of JSON objects, one a line, plain or packed by gzip, of which some fields with text are read.
 *
 * @param fields their names
 */
public record JsonLines(Path file, List<String> fields) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Hears of a file's lines. */
  public interface Sink {

    /**
     * @param number of the line, from 1
     * @param texts in the order of the fields
     * @return whether to read on
     */
    boolean line(int number, List<String> texts);
  }

  public JsonLines {
    fields = List.copyOf(fields);
  }

  /** Whether a file's name says that it holds JSON lines: it ends with {@code .jsonl}, before {@code .gz}. */
  public static boolean isNamedSo(Path file) {
    String name = file.toString();
    return (name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name).endsWith(".jsonl");
  }

  /**
   * Reads all lines that are not blank, or as many as are wanted.
   *
   * @param progress hears of the bytes of the file that were read
   * @throws InvalidInputException naming the file, the line and what is wrong
   */
  public void read(Sink sink, ProgressListener progress) {
    if (!Files.isRegularFile(file)) {
      throw InvalidInputException.of("There is no file %s.", file);
    }
    try (BufferedReader reader = PackedReader.open(file, progress)) {
      read(file.toString(), reader, fields, sink);
    } catch (IOException e) {
      throw new InvalidInputException("The file %s can't be read: %s.".formatted(file, Reason.of(e)), e);
    }
  }

  /**
   * Reads lines that are not blank as long as the sink wants more.
   *
   * @param origin where they come from
   * @throws InvalidInputException naming the origin, the line and what is wrong
   */
  public static void read(String origin, BufferedReader reader, List<String> fields, Sink sink) throws IOException {
    int number = 0;
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      number++;
      if (!line.isBlank() && !sink.line(number, texts("Line %d of %s".formatted(number, origin), line, fields))) {
        return;
      }
    }
  }

  private static List<String> texts(String place, String line, List<String> fields) {
    try {
      JsonNode object = JSON.readTree(line);
      List<String> texts = new ArrayList<>();
      for (String field : fields) {
        JsonNode text = object.get(field);
        if (text == null || !text.isTextual()) {
          throw InvalidInputException.of("%s has no text in a field %s.", place, field);
        }
        texts.add(text.textValue());
      }
      return texts;
    } catch (JsonProcessingException e) {
      throw new InvalidInputException("%s is not a JSON object.".formatted(place), e);
    }
  }
}
