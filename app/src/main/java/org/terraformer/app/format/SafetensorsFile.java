package org.terraformer.app.format;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/**
 * Reads safetensors files: an 8-byte little-endian header length, a JSON header, the tensors' bytes. The file is mapped into memory, not
 * read. A Q8 tensor {@code name} of shape [..., n] is stored as an I8 tensor of that name and shape beside a BF16 tensor {@code
 * name.q8_scale} of shape [..., ceil(n / 32)]; the weight is {@code name[..., i] * name.q8_scale[..., i / 32]}.
 */
public final class SafetensorsFile {
  /** What the name of a Q8 tensor's scales ends with. */
  public static final String SCALE_SUFFIX = ".q8_scale";

  private static final long LONGEST_HEADER = 100L << 20;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private SafetensorsFile() {}

  /**
   * Maps a file.
   *
   * @param arena how long the tensors live
   * @throws InvalidInputException naming the file and what is wrong with it
   */
  public static NamedTensors open(Path file, Arena arena) {
    if (!Files.isRegularFile(file)) {
      throw InvalidInputException.of("There is no file %s.", file);
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
      return parse(file.toString(), all);
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be read: %s.".formatted(file, Reason.of(e)), e);
    }
  }

  /** Reads the tensors of a file that is in memory; they share its memory. */
  public static NamedTensors parse(String file, MemorySegment all) {
    if (all.byteSize() < Long.BYTES) {
      throw InvalidInputException.of("%s has %d bytes, too few for a safetensors file.", file, all.byteSize());
    }
    long headerBytes = all.get(LONG, 0);
    if (headerBytes < 2 || headerBytes > LONGEST_HEADER || headerBytes > all.byteSize() - Long.BYTES) {
      throw InvalidInputException.of("%s says that its header has %s bytes, but it can have 2 to %d.", file,
          Long.toUnsignedString(headerBytes), Math.min(LONGEST_HEADER, all.byteSize() - Long.BYTES));
    }
    byte[] json = all.asSlice(Long.BYTES, headerBytes).toArray(ValueLayout.JAVA_BYTE);
    MemorySegment buffer = all.asSlice(Long.BYTES + headerBytes);
    SafetensorsHeader header = SafetensorsHeader.parse(file, json, buffer.byteSize());
    return new NamedTensors(file, tensors(file, header, buffer));
  }

  private static List<Tensor> tensors(String file, SafetensorsHeader header, MemorySegment buffer) {
    Map<String, SafetensorsHeader.Entry> scales = new HashMap<>();
    for (SafetensorsHeader.Entry entry : header.entries()) {
      if (entry.name().endsWith(SCALE_SUFFIX)) {
        scales.put(entry.name(), entry);
      }
    }
    List<Tensor> tensors = new ArrayList<>();
    for (SafetensorsHeader.Entry entry : header.entries()) {
      if (entry.name().endsWith(SCALE_SUFFIX)) {
        continue;
      }
      MemorySegment data = buffer.asSlice(entry.begin(), entry.end() - entry.begin());
      if (entry.dtype().equals("I8")) {
        SafetensorsHeader.Entry scale = scales.remove(entry.name() + SCALE_SUFFIX);
        tensors.add(quantised(file, entry, data, scale, buffer));
      } else {
        tensors.add(new Tensor(entry.name(), DType.valueOf(entry.dtype()), entry.shape(), data));
      }
    }
    if (!scales.isEmpty()) {
      throw InvalidInputException.of("In %s the scales %s belong to no I8 tensor.", file, scales.keySet().iterator().next());
    }
    return tensors;
  }

  private static Tensor quantised(
      String file, SafetensorsHeader.Entry entry, MemorySegment data, SafetensorsHeader.Entry scale, MemorySegment buffer) {
    Shape needed = entry.shape().withColumns(DType.scaleColumns(entry.shape().columns()));
    if (scale == null || !scale.dtype().equals("BF16") || !scale.shape().equals(needed)) {
      throw InvalidInputException.of("In %s the I8 tensor %s needs a BF16 tensor %s of shape %s, but %s.", file, entry.name(),
          entry.name() + SCALE_SUFFIX, needed, scale == null ? "there is none" : "it is %s %s".formatted(scale.dtype(), scale.shape()));
    }
    return new Tensor(entry.name(), DType.Q8, entry.shape(), data, buffer.asSlice(scale.begin(), scale.end() - scale.begin()));
  }
}
