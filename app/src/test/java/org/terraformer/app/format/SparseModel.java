package org.terraformer.app.format;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/** A model folder whose weights are the zeros of a file with a hole, so that it may be large and yet take no room. */
public final class SparseModel {
  private final Path file;
  private final Map<String, Long> offsets = new LinkedHashMap<>();

  public SparseModel(Path folder, Map<String, Object> config) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    Files.createDirectories(folder);
    Files.write(folder.resolve(ModelFolder.CONFIG), mapper.writeValueAsBytes(config));
    file = folder.resolve(ModelFolder.WEIGHTS);
    Map<String, Object> header = new LinkedHashMap<>();
    long end = 0;
    for (Value weight : TransformerLm.record(ModelConfig.fromMap(config), new LayerTypes(BuiltInLayerTypes.all())).weights()) {
      long begin = end;
      end += DType.F32.bytes(weight.shape());
      offsets.put(weight.name(), begin);
      header.put(weight.name(), Map.of("dtype", "F32", "shape", weight.shape().toArray(), "data_offsets", List.of(begin, end)));
    }
    String text = mapper.writeValueAsString(header);
    byte[] json = (text + " ".repeat(63 - (text.length() + 7) % 64)).getBytes(StandardCharsets.UTF_8);
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array());
      out.write(json);
      long start = out.getFilePointer();
      out.setLength(start + end);
      offsets.replaceAll((name, offset) -> start + offset);
    }
  }

  /** A model without blocks: its embedding has this many rows of this width, its logits are of rank 1. */
  public static Map<String, Object> config(int vocabulary, int width) {
    return Map.of("model_type", "transformer_lm", "vocabulary_size", vocabulary, "width", width, "blocks", 0, "max_length", 64,
        "positions", Map.of("type", "none"), "attention", Map.of("type", "dense", "heads", 1),
        "feed_forward", Map.of("type", "dense", "hidden_size", 1), "logits", Map.of("type", "low_rank", "low_rank", 1));
  }

  /** Sets elements of a weight, from an index on. */
  public void set(String weight, long index, float... values) throws IOException {
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.seek(offsets.get(weight) + 4 * index);
      ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
      for (float value : values) {
        bytes.putFloat(value);
      }
      out.write(bytes.array());
    }
  }

  public Path file() {
    return file;
  }
}
