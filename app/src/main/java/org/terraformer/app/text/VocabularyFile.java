package org.terraformer.app.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.terraformer.app.format.Reason;
import org.terraformer.ports.failure.InvalidInputException;

/** Reads the bytes, the text or the JSON of a vocabulary's file; mistakes name the file. */
final class VocabularyFile {
  static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(50).maxNumberLength(50).build()).build())
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();

  private static final int LONGEST_QUOTE = 60;
  private static final long LARGEST_FILE = 64 << 20;

  private VocabularyFile() {}

  static byte[] bytes(Path file) {
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw InvalidInputException.of("%s has %d bytes but a vocabulary may have at most %d.",
            file, Files.size(file), LARGEST_FILE);
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be read: %s.".formatted(file, e.getMessage()), e);
    }
  }

  static String text(String file, byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidInputException("%s is not UTF-8 text.".formatted(file), e);
    }
  }

  static ObjectNode object(String file, byte[] bytes) {
    try {
      if (JSON.readTree(text(file, bytes)) instanceof ObjectNode object) {
        return object;
      }
      throw InvalidInputException.of("%s holds no JSON object.", file);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException("%s is not a JSON object: %s, line %d.".formatted(file, Reason.of(e),
          e.getLocation() == null ? 1 : e.getLocation().getLineNr()), e);
    }
  }

  /** The beginning of an entry, as it can stand in a sentence. */
  static String quoted(String entry) {
    int end = entry.offsetByCodePoints(0, Math.min(LONGEST_QUOTE, entry.codePointCount(0, entry.length())));
    return "\"%s%s\"".formatted(entry.substring(0, end), end < entry.length() ? "..." : "");
  }

  /** The largest id of a vocabulary that maps each entry to its id. */
  static int largestId(String file, JsonNode vocabulary) {
    int largest = -1;
    for (var entry : vocabulary.properties()) {
      largest = Math.max(largest, id(file, entry.getKey(), entry.getValue()));
    }
    return largest;
  }

  static int id(String file, String entry, JsonNode id) {
    if (id == null || !id.isInt() || id.intValue() < 0 || id.intValue() == Integer.MAX_VALUE) {
      throw InvalidInputException.of("In %s the id of the entry %s is %s but must be a whole number from 0 to %d.",
          file, quoted(entry), id, Integer.MAX_VALUE - 1);
    }
    return id.intValue();
  }
}
