package org.terraformer.app.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SequencedMap;
import org.terraformer.ports.checkpoint.CheckpointWriter;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.Tensor;

/** Writes weights into an empty folder: as {@code model.safetensors}, or as several files and their index. */
final class SafetensorsWriter implements CheckpointWriter {
  private final Path folder;
  private final Path shown;
  private final long shardBytes;

  /**
   * @param folder where the files are written
   * @param shown the folder that messages name, where the files will be in the end
   * @param shardBytes the most bytes of tensors in one file; a tensor that is larger gets a file of its own
   */
  SafetensorsWriter(Path folder, Path shown, long shardBytes) {
    this.folder = folder;
    this.shown = shown;
    this.shardBytes = shardBytes;
  }

  /**
   * @throws InvalidInputException if there is not enough room or the files can't be written
   */
  @Override
  public void write(WeightSource weights, ProgressListener progress) {
    write(WeightStream.of(weights), progress);
  }

  /** As {@link #write(WeightSource, ProgressListener)}, of weights that come one after another. */
  void write(WeightStream weights, ProgressListener progress) {
    List<List<Plane>> shards = split(weights.headers());
    long total = shards.stream().flatMap(List::stream).mapToLong(Plane::bytes).sum();
    try {
      requireSpace(total);
      SequencedMap<String, String> places = new LinkedHashMap<>();
      List<SafetensorsOutput> files = new ArrayList<>();
      try {
        Map<String, SafetensorsOutput> homes = new HashMap<>();
        for (List<Plane> shard : shards) {
          String name = shards.size() == 1 ? ModelFolder.WEIGHTS
              : "model-%05d-of-%05d.safetensors".formatted(files.size() + 1, shards.size());
          SafetensorsOutput file = new SafetensorsOutput(folder.resolve(name), shard);
          files.add(file);
          shard.forEach(plane -> places.put(plane.name(), name));
          shard.forEach(plane -> homes.put(plane.name(), file));
        }
        long[] done = new long[1];
        weights.forEach(tensor -> put(tensor, homes.get(tensor.name()), done, total, progress));
        for (SafetensorsOutput file : files) {
          file.finish();
        }
      } finally {
        for (SafetensorsOutput file : files) {
          file.close();
        }
      }
      if (shards.size() > 1) {
        Files.write(folder.resolve(SafetensorsShards.INDEX), new SafetensorsIndex(OptionalLong.of(total), places).toJson());
      }
    } catch (IOException e) {
      throw failed(e);
    } catch (UncheckedIOException e) {
      throw failed(e.getCause());
    }
  }

  private static void put(Tensor tensor, SafetensorsOutput file, long[] done, long total, ProgressListener progress) {
    if (file == null) {
      throw new IllegalStateException("not announced: " + tensor.name());
    }
    try {
      file.put(tensor, bytes -> {
        done[0] += bytes;
        progress.progressed("writing weights", done[0], total);
      });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<List<Plane>> split(List<TensorHeader> tensors) {
    List<List<Plane>> shards = new ArrayList<>();
    List<Plane> current = new ArrayList<>();
    long size = 0;
    for (TensorHeader tensor : tensors) {
      List<Plane> planes = Plane.of(tensor);
      long bytes = planes.stream().mapToLong(Plane::bytes).sum();
      if (!current.isEmpty() && bytes > shardBytes - size) {
        shards.add(current);
        current = new ArrayList<>();
        size = 0;
      }
      current.addAll(planes);
      size += bytes;
    }
    shards.add(current);
    return shards;
  }

  // What can't be finished is not begun.
  private void requireSpace(long bytes) throws IOException {
    long free = Files.getFileStore(folder).getUsableSpace();
    if (free < bytes) {
      throw InvalidInputException.of("%s needs %,d bytes but only %,d are free there.", shown, bytes, free);
    }
  }

  private InvalidInputException failed(IOException e) {
    return new InvalidInputException("The model folder %s can't be written: %s.".formatted(shown, Reason.of(e)), e);
  }
}
