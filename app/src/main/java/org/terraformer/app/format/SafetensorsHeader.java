package org.terraformer.app.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.Shape;

/**
 * The header of a safetensors file: what tensors lie where in its buffer. Everything it claims is checked against the size of the
 * buffer before anybody believes it.
 *
 * @param entries in the order of their offsets
 */
record SafetensorsHeader(List<Entry> entries, Map<String, String> metadata) {
  private static final Map<String, Integer> ELEMENT_BYTES = Map.of("F32", 4, "F16", 2, "BF16", 2, "I8", 1, "I32", 4);
  private static final int MOST_AXES = 16;
  private static final int ALIGNMENT = 64;
  /** Others put whole descriptions of a training into the metadata. */
  private static final int LONGEST_TEXT = 100 << 20;
  private static final JsonFactory JSON = JsonFactory.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .streamReadConstraints(StreamReadConstraints.builder()
          .maxNestingDepth(4).maxNumberLength(20).maxStringLength(LONGEST_TEXT).build())
      .build();

  /** The bytes of an element of a type that can be read. */
  static int elementBytes(String dtype) {
    return ELEMENT_BYTES.get(dtype);
  }

  /** One tensor: bytes {@code begin} to {@code end} of the buffer. */
  record Entry(String name, String dtype, Shape shape, long begin, long end) {}

  /**
   * @param file the file's name, for messages
   * @param bufferBytes the size of what follows the header
   */
  static SafetensorsHeader parse(String file, byte[] json, long bufferBytes) {
    List<Entry> entries = new ArrayList<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    try (JsonParser parser = JSON.createParser(json)) {
      parser.nextToken();
      expect(file, parser, "the whole", JsonToken.START_OBJECT);
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        expect(file, parser, "the entry " + name, JsonToken.START_OBJECT);
        if (name.equals("__metadata__")) {
          readMetadata(file, parser, metadata);
        } else {
          entries.add(readEntry(file, parser, name));
        }
      }
      if (parser.currentToken() != JsonToken.END_OBJECT) {
        throw InvalidInputException.of("The header of %s is cut short.", file);
      }
      if (parser.nextToken() != null) {
        throw InvalidInputException.of("The header of %s goes on after its closing brace.", file);
      }
    } catch (IOException e) {
      throw new InvalidInputException("The header of %s is not valid JSON: %s.".formatted(file, Reason.of(e)), e);
    }
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    checkCover(file, entries, bufferBytes);
    return new SafetensorsHeader(List.copyOf(entries), metadata);
  }

  /** The header as it stands in a file, its length before it, filled up to a multiple of 64 bytes; entries in this order. */
  ByteBuffer toBytes() throws IOException {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    try (JsonGenerator generator = JSON.createGenerator(json)) {
      generator.writeStartObject();
      generator.writeObjectFieldStart("__metadata__");
      for (Map.Entry<String, String> entry : metadata.entrySet()) {
        generator.writeStringField(entry.getKey(), entry.getValue());
      }
      generator.writeEndObject();
      for (Entry entry : entries) {
        generator.writeObjectFieldStart(entry.name);
        generator.writeStringField("dtype", entry.dtype);
        generator.writeFieldName("shape");
        generator.writeArray(entry.shape.toArray(), 0, entry.shape.rank());
        generator.writeFieldName("data_offsets");
        generator.writeArray(new long[] {entry.begin, entry.end}, 0, 2);
        generator.writeEndObject();
      }
      generator.writeEndObject();
    }
    int length = (json.size() + Long.BYTES + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer header = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(length - Long.BYTES).put(json.toByteArray());
    while (header.hasRemaining()) {
      header.put((byte) ' ');
    }
    return header.flip();
  }

  private static void readMetadata(String file, JsonParser parser, Map<String, String> metadata) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      expect(file, parser, "the entry %s of the metadata".formatted(key), JsonToken.VALUE_STRING);
      metadata.put(key, parser.getText());
    }
  }

  private static Entry readEntry(String file, JsonParser parser, String name) throws IOException {
    String dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "dtype" -> {
          expect(file, parser, "the dtype of the tensor " + name, JsonToken.VALUE_STRING);
          dtype = parser.getText();
        }
        case "shape" -> shape = readLongs(file, parser, name, field);
        case "data_offsets" -> offsets = readLongs(file, parser, name, field);
        default -> throw InvalidInputException.of(
            "The tensor %s of %s has the field %s but only dtype, shape and data_offsets are allowed.", name, file, field);
      }
    }
    if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
      throw InvalidInputException.of("The tensor %s of %s needs dtype, shape and two data_offsets.", name, file);
    }
    return checked(file, name, dtype, shape, offsets.get(0), offsets.get(1));
  }

  private static Entry checked(String file, String name, String dtype, List<Long> sizes, long begin, long end) {
    Integer elementBytes = ELEMENT_BYTES.get(dtype);
    if (elementBytes == null) {
      throw InvalidInputException.of(
          "The tensor %s of %s has dtype %s but only F32, F16, BF16, I8 (Q8 with scales) and I32 can be read.", name, file, dtype);
    }
    long bytes = elementBytes;
    for (long size : sizes) {
      if (size < 0 || size > Long.MAX_VALUE >> 4 || Math.multiplyHigh(bytes, size) != 0 || bytes * size < 0) {
        throw InvalidInputException.of("The tensor %s of %s has the impossible shape %s.", name, file, sizes);
      }
      bytes *= size;
    }
    if (begin < 0 || end < begin || end - begin != bytes) {
      throw InvalidInputException.of("The tensor %s of %s has offsets %d to %d, but its dtype %s and shape %s need %d bytes.",
          name, file, begin, end, dtype, sizes, bytes);
    }
    return new Entry(name, dtype, Shape.of(sizes.stream().mapToLong(Long::longValue).toArray()), begin, end);
  }

  private static List<Long> readLongs(String file, JsonParser parser, String name, String field) throws IOException {
    String what = "the %s of the tensor %s".formatted(field, name);
    expect(file, parser, what, JsonToken.START_ARRAY);
    List<Long> values = new ArrayList<>();
    while (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
      if (values.size() == MOST_AXES) {
        throw InvalidInputException.of("The tensor %s of %s has more than %d numbers in %s.", name, file, MOST_AXES, field);
      }
      values.add(parser.getLongValue());
    }
    expect(file, parser, what, JsonToken.END_ARRAY);
    return values;
  }

  private static void checkCover(String file, List<Entry> entries, long bufferBytes) {
    long end = 0;
    String before = "the start";
    for (Entry entry : entries) {
      if (entry.end > bufferBytes) {
        throw InvalidInputException.of("%s is cut short: the tensor %s ends at byte %d of a buffer of %d bytes.",
            file, entry.name, entry.end, bufferBytes);
      }
      if (entry.begin < end) {
        throw InvalidInputException.of("In %s the tensors %s and %s overlap.", file, before, entry.name);
      }
      if (entry.begin > end) {
        throw InvalidInputException.of("In %s there is a hole of %d bytes before the tensor %s.", file, entry.begin - end, entry.name);
      }
      end = entry.end;
      before = entry.name;
    }
    if (end != bufferBytes) {
      throw InvalidInputException.of("%s has %d bytes after its last tensor.", file, bufferBytes - end);
    }
  }

  private static void expect(String file, JsonParser parser, String what, JsonToken expected) throws IOException {
    JsonToken found = parser.currentToken();
    if (found != expected) {
      throw InvalidInputException.of("In the header of %s %s must be %s but %s %s.", file, what, switch (expected) {
        case START_OBJECT -> "an object";
        case START_ARRAY, END_ARRAY -> "a list of whole numbers";
        default -> "a text";
      }, expected == JsonToken.END_ARRAY ? "holds" : "is", switch (found) {
        case null -> "cut short";
        case START_OBJECT -> "an object";
        case START_ARRAY -> "a list";
        default -> parser.getText();
      });
    }
  }
}
