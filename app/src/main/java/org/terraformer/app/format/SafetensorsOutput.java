package org.terraformer.app.format;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;

/**
 * A safetensors file that is being written: its tensors may come in any order, each goes to its place. Planes whose size is a
 * multiple of 64 bytes come first, so that they, and thereby nearly all, lie on 64-byte boundaries of the file. The others follow
 * with the largest elements first, so that every element lies on a boundary of its own size, as some readers need it.
 */
final class SafetensorsOutput implements AutoCloseable {
  private static final int PIECE = 1 << 20;
  private static final Comparator<Plane> ORDER = Comparator.comparing((Plane plane) -> !plane.keepsAlignment())
      .thenComparing(plane -> -SafetensorsHeader.elementBytes(plane.dtype()));
  private static final Map<String, String> METADATA = Map.of("format", "terraformer");
  /** Tells those who read the file with other tools what its bytes mean. */
  private static final Map<String, String> METADATA_OF_Q8 = new TreeMap<>(Map.of("format", "terraformer", "q8",
      "A weight is byte * scale: NAME[..., i] * NAME%s[..., i / %d].".formatted(SafetensorsFile.SCALE_SUFFIX, DType.Q8_BLOCK)));

  private final FileChannel channel;
  private final Map<String, SafetensorsHeader.Entry> missing = new HashMap<>();
  private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
  private final long dataStart;

  /** Makes the file and writes its header. */
  SafetensorsOutput(Path file, List<Plane> planes) throws IOException {
    List<SafetensorsHeader.Entry> entries = new ArrayList<>();
    long at = 0;
    for (Plane plane : planes.stream().sorted(ORDER).toList()) {
      entries.add(new SafetensorsHeader.Entry(plane.name(), plane.dtype(), plane.shape(), at, at + plane.bytes()));
      at += plane.bytes();
    }
    entries.forEach(entry -> missing.put(entry.name(), entry));
    ByteBuffer header = new SafetensorsHeader(entries, metadata(planes)).toBytes();
    dataStart = header.remaining();
    channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
    try {
      writeFully(header, 0);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static Map<String, String> metadata(List<Plane> planes) {
    return planes.stream().anyMatch(plane -> plane.name().endsWith(SafetensorsFile.SCALE_SUFFIX)) ? METADATA_OF_Q8 : METADATA;
  }

  /** Writes a tensor; {@code written} hears of the bytes of each piece. */
  void put(Tensor tensor, LongConsumer written) throws IOException {
    put(tensor.name(), tensor.data(), written);
    if (tensor.scales().byteSize() > 0) {
      put(Plane.scalesOf(tensor.name()), tensor.scales(), written);
    }
  }

  private void put(String name, MemorySegment data, LongConsumer written) throws IOException {
    SafetensorsHeader.Entry entry = missing.remove(name);
    if (entry == null || entry.end() - entry.begin() != data.byteSize()) {
      throw new IllegalStateException("announced otherwise or twice: " + name);
    }
    for (long at = 0; at < data.byteSize(); at += PIECE) {
      int length = (int) Math.min(PIECE, data.byteSize() - at);
      MemorySegment.copy(data, at, MemorySegment.ofBuffer(piece.clear()), 0, length);
      writeFully(piece.limit(length), dataStart + entry.begin() + at);
      written.accept(length);
    }
  }

  private void writeFully(ByteBuffer bytes, long position) throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  /** Brings all of it to the disk. */
  void finish() throws IOException {
    if (missing.values().stream().anyMatch(entry -> entry.end() > entry.begin())) {
      throw new IllegalStateException("never came: " + missing.keySet());
    }
    channel.force(true);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
