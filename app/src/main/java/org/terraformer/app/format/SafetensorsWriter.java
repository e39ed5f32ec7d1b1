package org.terraformer.app.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;
import org.terraformer.ports.checkpoint.CheckpointWriter;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;

/**
 * Writes a safetensors file: first under another name, then moved into place, so that a file of that name is always whole. Planes whose
 * size is a multiple of 64 bytes come first, so that they, and thereby nearly all, lie on 64-byte boundaries of the file.
 */
public final class SafetensorsWriter implements CheckpointWriter {
  private static final int HEADER_ALIGNMENT = 64;
  private static final int PIECE = 1 << 20;

  private final Path file;

  public SafetensorsWriter(Path file) {
    this.file = file;
  }

  /**
   * @throws InvalidInputException if the file can't be written; then none is left behind, and one that was there is as it was
   */
  @Override
  public void write(WeightSource weights, ProgressListener progress) {
    List<Plane> planes = weights.names().stream().flatMap(name -> Plane.of(weights.find(name).orElseThrow()).stream()).toList();
    long total = planes.stream().mapToLong(Plane::bytes).sum();
    try {
      requireSpace(file, file.toAbsolutePath().getParent(), total);
      write(planes, done -> progress.progressed("writing weights", done, total));
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be written: %s.".formatted(file, Reason.of(e)), e);
    }
  }

  /** Writes planes; {@code progress} hears of the bytes that have been written. */
  void write(List<Plane> planes, LongConsumer progress) throws IOException {
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    try {
      try (FileChannel channel = FileChannel.open(partial,
          StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
        write(planes, channel, progress);
        channel.force(true);
      }
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  /**
   * Refuses to begin what can't be finished.
   *
   * @param what will be written, for the message
   * @param folder the folder it will be in
   * @throws InvalidInputException if there is less room than this
   */
  static void requireSpace(Path what, Path folder, long bytes) throws IOException {
    long free = Files.getFileStore(folder).getUsableSpace();
    if (free < bytes) {
      throw InvalidInputException.of("%s needs %,d bytes but only %,d are free there.", what, bytes, free);
    }
  }

  static void write(List<Plane> planes, FileChannel channel, LongConsumer progress) throws IOException {
    List<Plane> ordered = planes.stream().sorted(Comparator.comparing(plane -> !plane.keepsAlignment())).toList();
    writeFully(channel, header(ordered));
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
    long done = 0;
    for (Plane plane : ordered) {
      for (long at = 0; at < plane.bytes(); at += PIECE) {
        long length = Math.min(PIECE, plane.bytes() - at);
        MemorySegment.copy(plane.data(), at, MemorySegment.ofBuffer(piece.clear()), 0, length);
        writeFully(channel, piece.limit((int) length));
        done += length;
        progress.accept(done);
      }
    }
  }

  private static ByteBuffer header(List<Plane> planes) throws IOException {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    try (JsonGenerator generator = new JsonFactory().createGenerator(json)) {
      generator.writeStartObject();
      generator.writeObjectFieldStart("__metadata__");
      generator.writeStringField("format", "terraformer");
      generator.writeEndObject();
      long offset = 0;
      for (Plane plane : planes) {
        generator.writeObjectFieldStart(plane.name());
        generator.writeStringField("dtype", plane.dtype());
        generator.writeArrayFieldStart("shape");
        for (long size : plane.shape().toArray()) {
          generator.writeNumber(size);
        }
        generator.writeEndArray();
        generator.writeArrayFieldStart("data_offsets");
        generator.writeNumber(offset);
        offset += plane.bytes();
        generator.writeNumber(offset);
        generator.writeEndArray();
        generator.writeEndObject();
      }
      generator.writeEndObject();
    }
    int length = (json.size() + Long.BYTES + HEADER_ALIGNMENT - 1) / HEADER_ALIGNMENT * HEADER_ALIGNMENT;
    ByteBuffer header = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(length - Long.BYTES).put(json.toByteArray());
    while (header.hasRemaining()) {
      header.put((byte) ' ');
    }
    return header.flip();
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
