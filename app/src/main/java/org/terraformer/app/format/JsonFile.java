package org.terraformer.app.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.ports.failure.InvalidInputException;

/** A small JSON object in a file: a configuration. Its size and depth are limited and a field may be given once. */
public final class JsonFile {
  private static final long LARGEST = 1 << 20;
  private static final JsonFactory JSON = JsonFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(20).maxNumberLength(30).build())
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** A mapper is loaded where something is written only: for that it takes Java longer than to read a configuration. */
  private static final class Writer {
    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  }

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
    try (JsonParser parser = JSON.createParser(json)) {
      Map<String, Object> object = parser.nextToken() == JsonToken.START_OBJECT ? object(parser) : null;
      if (object == null || parser.nextToken() != null) {
        throw InvalidInputException.of("%s holds no JSON object.", file);
      }
      return object;
    } catch (JsonProcessingException e) {
      throw new InvalidInputException("%s is not a JSON object: %s, line %d.".formatted(file, Reason.of(e),
          e.getLocation() == null ? 1 : e.getLocation().getLineNr()), e);
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be read: %s.".formatted(file, Reason.of(e)), e);
    }
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      fields.put(name, value(parser));
    }
    return fields;
  }

  private static Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
      case VALUE_NULL -> null;
      default -> parser.getText();
    };
  }

  private static List<Object> array(JsonParser parser) throws IOException {
    List<Object> elements = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      elements.add(value(parser));
    }
    return elements;
  }

  /** The text of an object, indented. */
  public static byte[] bytes(Map<String, Object> object) throws IOException {
    return Writer.JSON.writeValueAsBytes(object);
  }
}
