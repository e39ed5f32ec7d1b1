package org.terraformer.app.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * The index of weights that lie in several safetensors files.
 *
 * @param totalSize the bytes of all tensors, without headers, if the index says so
 * @param shards the file of each tensor, by the tensor's name
 */
record SafetensorsIndex(OptionalLong totalSize, SequencedMap<String, String> shards) {
  private static final JsonFactory JSON = JsonFactory.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(8).maxNumberLength(20).maxStringLength(4096).build())
      .build();

  /**
   * @param file the index's name, for messages
   * @throws InvalidInputException naming what is wrong
   */
  static SafetensorsIndex parse(String file, byte[] json) {
    OptionalLong totalSize = OptionalLong.empty();
    SequencedMap<String, String> shards = null;
    try (JsonParser parser = JSON.createParser(json)) {
      expect(file, parser.nextToken(), JsonToken.START_OBJECT, "at its start");
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        JsonToken token = parser.nextToken();
        switch (field) {
          case "metadata" -> totalSize = totalSize(file, parser);
          case "weight_map" -> shards = shards(file, parser);
          default -> throw InvalidInputException.of(
              "%s has the field %s but only metadata and weight_map are allowed.", file, field);
        }
        if (token == null) {
          break;
        }
      }
      expect(file, parser.currentToken(), JsonToken.END_OBJECT, "at its end");
      if (parser.nextToken() != null) {
        throw InvalidInputException.of("%s goes on after its closing brace.", file);
      }
    } catch (IOException e) {
      throw new InvalidInputException("%s is not valid JSON: %s.".formatted(file, Reason.of(e)), e);
    }
    if (shards == null || shards.isEmpty()) {
      throw InvalidInputException.of("%s has no weight_map that says in which file each tensor is.", file);
    }
    return new SafetensorsIndex(totalSize, shards);
  }

  private static OptionalLong totalSize(String file, JsonParser parser) throws IOException {
    expect(file, parser.currentToken(), JsonToken.START_OBJECT, "at metadata");
    OptionalLong size = OptionalLong.empty();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      boolean known = parser.currentName().equals("total_size");
      JsonToken token = parser.nextToken();
      if (known) {
        expect(file, token, JsonToken.VALUE_NUMBER_INT, "at total_size");
        size = OptionalLong.of(parser.getLongValue());
      } else {
        parser.skipChildren();
      }
    }
    expect(file, parser.currentToken(), JsonToken.END_OBJECT, "in metadata");
    return size;
  }

  private static SequencedMap<String, String> shards(String file, JsonParser parser) throws IOException {
    expect(file, parser.currentToken(), JsonToken.START_OBJECT, "at weight_map");
    SequencedMap<String, String> shards = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String tensor = parser.currentName();
      expect(file, parser.nextToken(), JsonToken.VALUE_STRING, "at " + tensor);
      String shard = parser.getText();
      if (!shard.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*\\.safetensors")) {
        throw InvalidInputException.of(
            "%s says that the tensor %s is in %s, but a shard must be a file in the same folder whose name ends with "
                + ".safetensors.",
            file, tensor, shard);
      }
      shards.put(tensor, shard);
    }
    expect(file, parser.currentToken(), JsonToken.END_OBJECT, "in weight_map");
    return shards;
  }

  private static void expect(String file, JsonToken found, JsonToken expected, String where) {
    if (found != expected) {
      throw InvalidInputException.of("%s has %s %s, where %s was expected.",
          file, found == null ? "its end" : found, where, expected);
    }
  }

  byte[] toJson() {
    Map<String, Object> map = new LinkedHashMap<>();
    totalSize.ifPresent(size -> map.put("metadata", Map.of("total_size", size)));
    map.put("weight_map", new TreeMap<>(shards));
    try {
      return JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsBytes(map);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
