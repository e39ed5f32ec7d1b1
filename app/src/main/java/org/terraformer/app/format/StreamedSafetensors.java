package org.terraformer.app.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.Tensor;

/**
 * Writes a safetensors file of weights that come one after another: each goes to its place in the file as soon as it is there.
 * The file has another name until it is whole.
 */
final class StreamedSafetensors {
  private static final int PIECE = 1 << 20;
  private static final int ALIGNMENT = 64;

  private final Path file;
  private final SafetensorsHeader header;
  private final Map<String, SafetensorsHeader.Entry> missing = new HashMap<>();
  private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
  private final ProgressListener progress;
  private final long total;
  private long done;

  private StreamedSafetensors(Path file, WeightStream weights, ProgressListener progress) {
    this.file = file;
    this.header = layout(weights.headers());
    this.progress = progress;
    header.entries().forEach(entry -> missing.put(entry.name(), entry));
    this.total = header.entries().stream().mapToLong(SafetensorsHeader.Entry::end).max().orElse(0);
  }

  /**
   * @param weights F32 or BF16 tensors
   * @throws InvalidInputException if the file can't be written; then none is left behind
   */
  static void write(Path file, WeightStream weights, ProgressListener progress) {
    new StreamedSafetensors(file, weights, progress).write(weights);
  }

  /** Tensors whose size is a multiple of 64 bytes come first, so that nearly all begin on such a boundary of the file. */
  private static SafetensorsHeader layout(List<TensorHeader> headers) {
    List<SafetensorsHeader.Entry> entries = new ArrayList<>();
    long at = 0;
    for (TensorHeader tensor : headers.stream().sorted(Comparator.comparing(tensor -> bytes(tensor) % ALIGNMENT != 0)).toList()) {
      entries.add(new SafetensorsHeader.Entry(tensor.name(), tensor.dtype().name(), tensor.shape(), at, at + bytes(tensor)));
      at += bytes(tensor);
    }
    return new SafetensorsHeader(entries, Map.of("format", "terraformer"));
  }

  private static long bytes(TensorHeader tensor) {
    return tensor.dtype().dataBytes(tensor.shape());
  }

  private void write(WeightStream weights) {
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    try {
      long free = Files.getFileStore(file.toAbsolutePath().getParent()).getUsableSpace();
      if (free < total) {
        throw InvalidInputException.of("%s needs %d bytes but only %d are free.", file, total, free);
      }
      try (FileChannel channel = FileChannel.open(partial,
          StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
        ByteBuffer start = header.toBytes();
        long dataStart = start.remaining();
        writeFully(channel, start, 0);
        weights.forEach(tensor -> write(channel, dataStart, tensor));
        if (!missing.isEmpty()) {
          throw new IllegalStateException("never came: " + missing.keySet());
        }
        channel.force(true);
      }
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | UncheckedIOException e) {
      throw new InvalidInputException("%s can't be written: %s.".formatted(file, e.getMessage()), e);
    } finally {
      delete(partial);
    }
  }

  private void write(FileChannel channel, long dataStart, Tensor tensor) {
    SafetensorsHeader.Entry entry = missing.remove(tensor.name());
    MemorySegment data = tensor.data();
    if (entry == null || !entry.dtype().equals(tensor.dtype().name()) || entry.end() - entry.begin() != data.byteSize()) {
      throw new IllegalStateException("announced otherwise or twice: " + tensor);
    }
    try {
      for (long at = 0; at < data.byteSize(); at += PIECE) {
        int length = (int) Math.min(PIECE, data.byteSize() - at);
        MemorySegment.copy(data, at, MemorySegment.ofBuffer(piece.clear()), 0, length);
        writeFully(channel, piece.limit(length), dataStart + entry.begin() + at);
        done += length;
        progress.progressed("writing weights", done, total);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  private static void delete(Path partial) {
    try {
      Files.deleteIfExists(partial);
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be deleted: %s.".formatted(partial, e.getMessage()), e);
    }
  }
}
