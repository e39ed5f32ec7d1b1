package org.terraformer.app.trax;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import org.terraformer.app.format.PackedFile;
import org.terraformer.app.format.PickleArrays;
import org.terraformer.app.format.TensorHeader;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.Tensor;

/** The list {@code flat_weights} of a pickle. The elements of an array are read from the file when they are wanted. */
record PickleFile(Path file, PickleArrays arrays) implements TraxArrays {

  @Override
  public String origin() {
    return file.toString();
  }

  @Override
  public List<TensorHeader> headers(ProgressListener progress) {
    return arrays.headers();
  }

  @Override
  public Reading read() {
    return new FileReading();
  }

  private final class FileReading implements Reading {
    private PackedFile packed;
    private long position;
    private int next;

    @Override
    public Tensor next(Arena arena) {
      int index = next++;
      try {
        if (!arrays.isLeftInPickle(index)) {
          return arrays.tensor(index, null, arena);
        }
        seek(arrays.position(index));
        Tensor tensor = arrays.tensor(index, packed.content(), arena);
        position += arrays.bytes(index);
        return tensor;
      } catch (IOException e) {
        throw new InvalidInputException("%s can't be read: %s.".formatted(file, e.getMessage()), e);
      }
    }

    /** An array that the list names twice, or out of order, lies before what has been read. */
    private void seek(long target) throws IOException {
      if (packed == null || target < position) {
        close();
        packed = PackedFile.open(file);
        position = 0;
      }
      packed.content().skipNBytes(target - position);
      position = target;
    }

    @Override
    public void close() {
      try {
        if (packed != null) {
          packed.close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
