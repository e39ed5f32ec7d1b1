package org.terraformer.app.trax;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.zip.GZIPInputStream;
import org.terraformer.app.format.NpyReader;
import org.terraformer.app.format.PickleArrays;
import org.terraformer.app.format.PickleReader;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.Tensor;

/**
 * A trax checkpoint in any of its forms: one {@code .pkl.gz} file that holds the list {@code flat_weights}, or a {@code .pkl.gz} whose
 * {@code flat_weights} is a number, which says that the arrays are in the {@code .weights.npy.gz} beside it; or that file alone.
 *
 * @param step the training step, or -1 if unknown
 * @param weights the arrays in trax's flattened order, read as they are asked for
 */
public record TraxCheckpoint(String origin, long step, Iterator<Tensor> weights) {
  private static final String PICKLE = ".pkl.gz";
  private static final String ARRAYS = ".weights.npy.gz";
  private static final long LARGEST_PICKLE = 2_000_000_000;

  /**
   * @param path a file of the checkpoint, the checkpoint's path without ending, or a folder with a checkpoint called {@code model}
   * @param arena how long the arrays live
   * @throws InvalidInputException if there is no such checkpoint or it can't be read
   */
  public static TraxCheckpoint open(Path path, Arena arena) {
    String name = path.toString();
    if (Files.isDirectory(path)) {
      name = path.resolve("model").toString();
    } else if (name.endsWith(ARRAYS)) {
      name = name.substring(0, name.length() - ARRAYS.length());
    } else if (name.endsWith(PICKLE)) {
      name = name.substring(0, name.length() - PICKLE.length());
    }
    Path pickle = Path.of(name + PICKLE);
    Path arrays = Path.of(name + ARRAYS);
    if (!Files.isRegularFile(pickle)) {
      if (Files.isRegularFile(arrays)) {
        return new TraxCheckpoint(arrays.toString(), -1, arrays(arrays, arena));
      }
      throw InvalidInputException.of("There is no trax checkpoint %s: neither %s nor %s exists.", path, pickle, arrays);
    }
    return open(pickle, arrays, arena);
  }

  private static TraxCheckpoint open(Path pickle, Path arrays, Arena arena) {
    Object root = PickleReader.read(pickle.toString(), unzip(pickle));
    if (!(root instanceof Map<?, ?> map)) {
      throw InvalidInputException.of("The pickle %s holds no dictionary, as a trax checkpoint does.", pickle);
    }
    long step = map.get("step") instanceof Long number ? number : -1;
    return switch (map.get("flat_weights")) {
      case List<?> list -> new TraxCheckpoint(pickle.toString(), step, PickleArrays.tensors(pickle.toString(), list, arena));
      case Long level when Files.isRegularFile(arrays) -> new TraxCheckpoint(arrays.toString(), step, arrays(arrays, arena));
      case Long level -> throw InvalidInputException.of("%s says that its weights are in %s, but there is no such file.", pickle, arrays);
      case null, default -> throw InvalidInputException.of("The dictionary in %s has no flat_weights; it has %s.", pickle, map.keySet());
    };
  }

  private static byte[] unzip(Path file) {
    try (InputStream in = new GZIPInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      byte[] bytes = in.readNBytes((int) LARGEST_PICKLE);
      if (in.read() >= 0) {
        throw InvalidInputException.of("%s unpacks to more than %d bytes.", file, LARGEST_PICKLE);
      }
      return bytes;
    } catch (IOException e) {
      throw new InvalidInputException("%s is not a whole gzip file: %s.".formatted(file, e.getMessage()), e);
    }
  }

  private static Iterator<Tensor> arrays(Path file, Arena arena) {
    try {
      InputStream in = new GZIPInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16), 1 << 16);
      return new ArrayIterator(file.toString(), in, arena);
    } catch (IOException e) {
      throw new InvalidInputException("%s is not a gzip file: %s.".formatted(file, e.getMessage()), e);
    }
  }

  /** Reads the next array when asked whether there is one; closes the file at its end. */
  private static final class ArrayIterator implements Iterator<Tensor> {
    private final InputStream in;
    private final NpyReader reader;
    private final Arena arena;
    private Tensor next;
    private boolean ended;

    private ArrayIterator(String file, InputStream in, Arena arena) {
      this.in = in;
      this.reader = new NpyReader(file, in);
      this.arena = arena;
    }

    @Override
    public boolean hasNext() {
      if (next == null && !ended) {
        next = reader.next(arena);
        if (next == null) {
          ended = true;
          close();
        }
      }
      return next != null;
    }

    @Override
    public Tensor next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Tensor result = next;
      next = null;
      return result;
    }

    private void close() {
      try {
        in.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
