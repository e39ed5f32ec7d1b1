package org.terraformer.app.trax;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.terraformer.app.format.PackedFile;
import org.terraformer.app.format.PickleArrays;
import org.terraformer.app.format.PickleReader;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;

/**
 * A trax checkpoint in any of its forms: one pickle that holds the list {@code flat_weights}, or a pickle whose
 * {@code flat_weights} is a number, which says that the arrays are in the {@code .weights.npy.gz} beside it; or that file alone.
 * Packed with gzip or not. What else a pickle holds (the optimiser's slots, the state, the history) is not used.
 *
 * @param step the training step, or -1 if unknown
 */
public record TraxCheckpoint(long step, TraxArrays arrays) {
  private static final List<String> PICKLES = List.of(".pkl.gz", ".pkl");
  private static final List<String> ARRAYS = List.of(".weights.npy.gz", ".weights.npy");
  private static final String NAME_IN_FOLDER = "model";
  private static final int BUFFER = 1 << 16;
  private static final int LONGEST_SHOWN = 200;

  /**
   * @param path a file of the checkpoint, the checkpoint's path without ending, or a folder with a checkpoint called
   *     {@code model}
   * @throws InvalidInputException if there is no such checkpoint or it can't be read
   */
  public static TraxCheckpoint open(Path path) {
    return open(path, ProgressListener.NONE);
  }

  /** As {@link #open(Path)}; the listener hears of the bytes that have been read. */
  public static TraxCheckpoint open(Path path, ProgressListener progress) {
    String name = stem(path);
    Path pickle = existing(name, PICKLES);
    Path arrays = existing(name, ARRAYS);
    if (Files.isRegularFile(pickle)) {
      return open(pickle, arrays, progress);
    }
    if (Files.isRegularFile(arrays)) {
      return new TraxCheckpoint(-1, new ArrayFile(arrays));
    }
    throw InvalidInputException.of("There is no trax checkpoint %s: neither %s nor %s exists.", path, pickle, arrays);
  }

  /** The checkpoint's path without ending. */
  private static String stem(Path path) {
    if (Files.isDirectory(path)) {
      return path.resolve(NAME_IN_FOLDER).toString();
    }
    String name = path.toString();
    for (List<String> endings : List.of(ARRAYS, PICKLES)) {
      for (String ending : endings) {
        if (name.endsWith(ending)) {
          return name.substring(0, name.length() - ending.length());
        }
      }
    }
    return name;
  }

  private static Path existing(String name, List<String> endings) {
    return endings.stream().map(ending -> Path.of(name + ending)).filter(Files::isRegularFile).findFirst()
        .orElse(Path.of(name + endings.getFirst()));
  }

  private static TraxCheckpoint open(Path pickle, Path arrays, ProgressListener progress) {
    Object root = object(pickle, progress);
    if (!(root instanceof Map<?, ?> map)) {
      throw InvalidInputException.of("The pickle %s holds no dictionary, as a trax checkpoint does.", pickle);
    }
    long step = map.get("step") instanceof Long number ? number : -1;
    return switch (map.get("flat_weights")) {
      case List<?> list -> new TraxCheckpoint(step, new PickleFile(pickle, PickleArrays.of(pickle.toString(), list)));
      case Long level when Files.isRegularFile(arrays) -> new TraxCheckpoint(step, new ArrayFile(arrays));
      case Long level -> throw InvalidInputException.of(
          "%s says that its weights are in %s, but there is no such file.", pickle, arrays);
      case null, default -> throw InvalidInputException.of(
          "The dictionary in %s has no flat_weights; it has %s.", pickle, shown(map.keySet()));
    };
  }

  private static String shown(Set<?> keys) {
    String all = String.join(", ", keys.stream().map(Object::toString).toList());
    return all.length() > LONGEST_SHOWN ? all.substring(0, LONGEST_SHOWN) + "..." : all;
  }

  private static Object object(Path file, ProgressListener progress) {
    try (PackedFile packed = PackedFile.open(file, ArrayFile.CHECKING, progress)) {
      return PickleReader.read(file.toString(), new BufferedInputStream(packed.content(), BUFFER), packed.size());
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be read: %s.".formatted(file, e.getMessage()), e);
    }
  }
}
