package org.terraformer.app.trax;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.terraformer.app.format.NpyReader;
import org.terraformer.app.format.PackedFile;
import org.terraformer.app.format.TensorHeader;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.Tensor;

/** A {@code .weights.npy.gz} file: {@code .npy} records one after another. */
record ArrayFile(Path file) implements TraxArrays {
  static final String CHECKING = "checking the checkpoint";

  @Override
  public String origin() {
    return file.toString();
  }

  @Override
  public List<TensorHeader> headers(ProgressListener progress) {
    List<TensorHeader> headers = new ArrayList<>();
    try (PackedFile packed = PackedFile.open(file, CHECKING, progress)) {
      NpyReader reader = new NpyReader(origin(), packed.content());
      for (TensorHeader header = reader.skip(); header != null; header = reader.skip()) {
        headers.add(header);
      }
      return headers;
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be read: %s.".formatted(file, e.getMessage()), e);
    }
  }

  @Override
  public Reading read() {
    try {
      PackedFile packed = PackedFile.open(file);
      return new FileReading(packed, new NpyReader(origin(), packed.content()));
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be read: %s.".formatted(file, e.getMessage()), e);
    }
  }

  private record FileReading(PackedFile packed, NpyReader reader) implements Reading {
    @Override
    public Tensor next(Arena arena) {
      return reader.next(arena);
    }

    @Override
    public void close() {
      try {
        packed.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
