package org.terraformer.app.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.terraformer.ports.failure.InvalidInputException;

/** A small JSON object in a file: a configuration. Its size and depth are limited and a field may be given once. */
public final class JsonFile {
  private static final long LARGEST = 1 << 20;
  private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(20).maxNumberLength(30).build()).build())
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .enable(SerializationFeature.INDENT_OUTPUT)
      .build();

  private JsonFile() {}

  /**
   * @throws InvalidInputException naming the file, if it is too large, unreadable or no JSON object
   */
  public static Map<String, Object> read(Path file) {
    try {
      if (Files.size(file) > LARGEST) {
        throw InvalidInputException.of("%s has %d bytes but at most %d are allowed.", file, Files.size(file), LARGEST);
      }
      return parse(file.toString(), Files.readAllBytes(file));
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be read: %s.".formatted(file, Reason.of(e)), e);
    }
  }

  /** As {@link #read}, of bytes that came from a file of this name. */
  public static Map<String, Object> parse(String file, byte[] json) {
    try {
      Map<String, Object> map = JSON.readValue(json, new TypeReference<Map<String, Object>>() {});
      if (map == null) {
        throw InvalidInputException.of("%s holds no JSON object.", file);
      }
      return map;
    } catch (MismatchedInputException e) {
      throw new InvalidInputException("%s holds no JSON object.".formatted(file), e);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException("%s is not a JSON object: %s, line %d.".formatted(file, Reason.of(e),
          e.getLocation() == null ? 1 : e.getLocation().getLineNr()), e);
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be read: %s.".formatted(file, Reason.of(e)), e);
    }
  }

  /** The text of an object, indented. */
  public static byte[] bytes(Map<String, Object> object) throws IOException {
    return JSON.writeValueAsBytes(object);
  }
}
