package org.terraformer.app.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.terraformer.app.format.Reason;
import org.terraformer.app.format.ReplacedFile;
import org.terraformer.ports.failure.InvalidInputException;

/** The figures of a training, one JSON object a line, each with the {@code step} that it is of. */
final class MetricsLog {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;

  MetricsLog(Path file) {
    this.file = file;
  }

  /** Leaves out the lines of steps after this one, which will be done again, and a line that was not ended. */
  void goBackTo(long step) {
    List<String> kept = new ArrayList<>();
    for (JsonNode line : lines()) {
      if (line.path("step").asLong(Long.MAX_VALUE) <= step) {
        kept.add(line.toString());
      }
    }
    try {
      ReplacedFile.write(file, partial -> Files.write(partial, kept));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** How many tokens had been trained on at the last step that is told of. */
  long tokens() {
    return lines().stream().mapToLong(line -> line.path("tokens").asLong()).max().orElse(0);
  }

  void add(Map<String, Object> figures) {
    try {
      Files.writeString(file, JSON.writeValueAsString(figures) + "\n", StandardCharsets.UTF_8,
          StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** The lines that are whole. */
  List<JsonNode> lines() {
    List<JsonNode> lines = new ArrayList<>();
    if (!Files.exists(file)) {
      return lines;
    }
    try {
      for (String line : Files.readAllLines(file)) {
        try {
          lines.add(JSON.readTree(line));
        } catch (JsonProcessingException e) {
          break; // the program was ended while it wrote this line
        }
      }
      return lines;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private InvalidInputException failed(IOException e) {
    return new InvalidInputException("The metrics %s can't be used: %s.".formatted(file, Reason.of(e)), e);
  }
}
