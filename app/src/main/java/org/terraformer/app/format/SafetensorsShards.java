package org.terraformer.app.format;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.Tensor;

/**
 * Weights in several safetensors files of one folder, with an index that says what is where. Both planes of a Q8 tensor lie in
 * the same file.
 */
final class SafetensorsShards {
  /** The index's name. */
  static final String INDEX = "model.safetensors.index.json";

  private static final long LARGEST_INDEX = 64L << 20;

  private SafetensorsShards() {}

  /**
   * Maps all files that an index names.
   *
   * @param arena how long the tensors live
   * @throws InvalidInputException naming the index or file and what is wrong with it
   */
  static NamedTensors open(Path index, Arena arena) {
    SafetensorsIndex parsed = SafetensorsIndex.parse(index.toString(), read(index));
    Map<String, String> found = new LinkedHashMap<>();
    List<Tensor> tensors = new ArrayList<>();
    long bytes = 0;
    for (String shard : new TreeSet<>(parsed.shards().values())) {
      Path file = index.resolveSibling(shard);
      if (!Files.exists(file)) {
        throw InvalidInputException.of("%s names the shard %s, but there is no such file.", index, shard);
      }
      NamedTensors part = SafetensorsFile.open(file, arena);
      for (String name : part.names()) {
        Tensor tensor = part.find(name).orElseThrow();
        tensors.add(tensor);
        for (Plane plane : Plane.of(TensorHeader.of(tensor))) {
          bytes += plane.bytes();
          checkPlace(index, parsed, plane.name(), shard, found.put(plane.name(), shard));
        }
      }
    }
    parsed.shards().forEach((name, shard) -> {
      if (!shard.equals(found.get(name))) {
        throw InvalidInputException.of("%s says that the tensor %s is in %s, but it is %s.", index, name, shard,
            found.containsKey(name) ? "in " + found.get(name) : "not");
      }
    });
    if (parsed.totalSize().isPresent() && parsed.totalSize().getAsLong() != bytes) {
      throw InvalidInputException.of("%s says that total_size is %d, but the tensors of its shards have %d bytes.",
          index, parsed.totalSize().getAsLong(), bytes);
    }
    return new NamedTensors(index.toString(), tensors);
  }

  private static void checkPlace(Path index, SafetensorsIndex parsed, String name, String shard, String before) {
    if (before != null) {
      throw InvalidInputException.of("The tensor %s is in two shards of %s: %s and %s.", name, index, before, shard);
    }
    if (!parsed.shards().containsKey(name)) {
      throw InvalidInputException.of("The shard %s holds the tensor %s, of which %s does not know.", shard, name, index);
    }
  }

  private static byte[] read(Path index) {
    try {
      if (Files.size(index) > LARGEST_INDEX) {
        throw InvalidInputException.of("%s has %,d bytes but at most %,d are allowed.", index, Files.size(index), LARGEST_INDEX);
      }
      return Files.readAllBytes(index);
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be read: %s.".formatted(index, Reason.of(e)), e);
    }
  }
}
