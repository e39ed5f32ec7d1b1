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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.terraformer.ports.checkpoint.CheckpointWriter;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/**
 * Writes a safetensors file: first under another name, then moved into place, so that a file of that name is always whole. Planes whose
 * size is a multiple of 64 bytes come first, so that they, and thereby nearly all, lie on 64-byte boundaries of the file.
 */
public final class SafetensorsWriter implements CheckpointWriter {
  private static final int ALIGNMENT = 64;
  private static final int PIECE = 1 << 20;

  private final Path file;

  public SafetensorsWriter(Path file) {
    this.file = file;
  }

  private record Plane(String name, String dtype, Shape shape, MemorySegment data) {
    private boolean aligned() {
      return data.byteSize() % ALIGNMENT == 0;
    }
  }

  /**
   * @throws InvalidInputException if the file can't be written; then none is left behind
   */
  @Override
  public void write(WeightSource weights, ProgressListener progress) {
    List<Plane> planes = planes(weights);
    long total = planes.stream().mapToLong(plane -> plane.data.byteSize()).sum();
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    try {
      long free = Files.getFileStore(file.toAbsolutePath().getParent()).getUsableSpace();
      if (free < total) {
        throw InvalidInputException.of("%s needs %d bytes but only %d are free.", file, total, free);
      }
      try (FileChannel channel = FileChannel.open(partial,
          StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
        writeFully(channel, header(planes));
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
        long done = 0;
        for (Plane plane : planes) {
          for (long at = 0; at < plane.data.byteSize(); at += PIECE) {
            long length = Math.min(PIECE, plane.data.byteSize() - at);
            MemorySegment.copy(plane.data, at, MemorySegment.ofBuffer(piece.clear()), 0, length);
            writeFully(channel, piece.limit((int) length));
            done += length;
            progress.progressed("writing weights", done, total);
          }
        }
        channel.force(true);
      }
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be written: %s.".formatted(file, e.getMessage()), e);
    } finally {
      delete(partial);
    }
  }

  private static List<Plane> planes(WeightSource weights) {
    List<Plane> planes = new ArrayList<>();
    for (String name : weights.names()) {
      Tensor tensor = weights.find(name).orElseThrow();
      if (tensor.dtype() == DType.Q8) {
        planes.add(new Plane(name, "I8", tensor.shape(), tensor.data()));
        Shape scales = tensor.shape().withColumns(DType.scaleColumns(tensor.shape().columns()));
        planes.add(new Plane(name + SafetensorsFile.SCALE_SUFFIX, "BF16", scales, tensor.scales()));
      } else {
        planes.add(new Plane(name, tensor.dtype().name(), tensor.shape(), tensor.data()));
      }
    }
    planes.sort(Comparator.comparing(plane -> !plane.aligned()));
    return planes;
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
        generator.writeObjectFieldStart(plane.name);
        generator.writeStringField("dtype", plane.dtype);
        generator.writeArrayFieldStart("shape");
        for (long size : plane.shape.toArray()) {
          generator.writeNumber(size);
        }
        generator.writeEndArray();
        generator.writeArrayFieldStart("data_offsets");
        generator.writeNumber(offset);
        offset += plane.data.byteSize();
        generator.writeNumber(offset);
        generator.writeEndArray();
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

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
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
