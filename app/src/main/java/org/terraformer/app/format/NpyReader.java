package org.terraformer.app.format;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.Tensor;

/**
 * Reads {@code .npy} records, versions 1 to 3, one after another from a stream. Memory grows with what is really read, never with what a
 * header claims.
 */
public final class NpyReader {
  private static final int LONGEST_HEADER = 1 << 16;
  private static final int PIECE = 1 << 16;
  private static final long FIRST_MEMORY = 1 << 20;
  private static final int GROWTH = 8;
  private static final int ALIGNMENT = 64;
  private static final Pattern DESCR = Pattern.compile("['\"]descr['\"]\\s*:\\s*['\"]([^'\"]{1,20})['\"]");
  private static final Pattern ORDER = Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([0-9, ]*)\\)");

  private final String file;
  private final InputStream in;
  private final byte[] piece = new byte[PIECE];
  private int records;

  /**
   * @param file for messages
   */
  public NpyReader(String file, InputStream in) {
    this.file = file;
    this.in = in;
  }

  private record Header(String what, String name, String type, long[] shape, boolean columnMajor) {
    private long bytes() {
      return NumpyArray.bytes(what, shape, NumpyArray.elementBytes(what, type));
    }
  }

  /**
   * The next record as a weight, or null at the end of the stream.
   *
   * @throws InvalidInputException if the record is malformed or cut short
   */
  public Tensor next(Arena arena) {
    try {
      Header header = header();
      if (header == null) {
        return null;
      }
      MemorySegment data = data(header.what, header.bytes(), arena);
      return NumpyArray.of(header.what, header.type, header.shape, header.columnMajor, data).toTensor(header.name, arena);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /**
   * Passes over the next record and says what weight it is, or null at the end of the stream.
   *
   * @throws InvalidInputException if the record is malformed or cut short
   */
  public TensorHeader skip() {
    try {
      Header header = header();
      if (header == null) {
        return null;
      }
      TensorHeader weight = NumpyArray.header(header.name, header.type, header.shape);
      long bytes = header.bytes();
      for (long at = 0; at < bytes; ) {
        at += piece(header.what, at, bytes);
      }
      return weight;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private InvalidInputException unreadable(IOException e) {
    return new InvalidInputException("%s can't be read: %s.".formatted(file, e.getMessage() == null ? "it is cut short" : e.getMessage()), e);
  }

  private Header header() throws IOException {
    byte[] magic = in.readNBytes(8);
    if (magic.length == 0) {
      return null;
    }
    int record = records++;
    String what = "Record %d of %s".formatted(record, file);
    if (magic.length < 8 || (magic[0] & 0xFF) != 0x93 || !"NUMPY".equals(new String(magic, 1, 5, StandardCharsets.US_ASCII))
        || magic[6] < 1 || magic[6] > 3) {
      throw InvalidInputException.of("%s does not start as a .npy record of version 1 to 3.", what);
    }
    String text = new String(exactly(what, headerLength(what, magic[6])), StandardCharsets.UTF_8);
    return new Header(what, "array " + record, field(what, text, "descr", DESCR), shape(what, field(what, text, "shape", SHAPE)),
        field(what, text, "fortran_order", ORDER).equals("True"));
  }

  private int headerLength(String what, int version) throws IOException {
    byte[] length = exactly(what, version == 1 ? 2 : 4);
    long value = 0;
    for (int i = length.length - 1; i >= 0; i--) {
      value = value << 8 | length[i] & 0xFF;
    }
    if (value > LONGEST_HEADER) {
      throw InvalidInputException.of("%s has a header of %d bytes but at most %d are allowed.", what, value, LONGEST_HEADER);
    }
    return (int) value;
  }

  private static long[] shape(String what, String text) {
    List<Long> sizes = new ArrayList<>();
    for (String size : text.split(",")) {
      if (!size.isBlank()) {
        if (size.strip().length() > 18 || size.strip().contains(" ")) {
          throw InvalidInputException.of("%s has the impossible axis size %s.", what, size.strip());
        }
        sizes.add(Long.parseLong(size.strip()));
      }
    }
    return sizes.stream().mapToLong(Long::longValue).toArray();
  }

  private static String field(String what, String header, String name, Pattern pattern) {
    Matcher matcher = pattern.matcher(header);
    if (!matcher.find()) {
      throw InvalidInputException.of("%s has no valid field %s in its header.", what, name);
    }
    return matcher.group(1);
  }

  private byte[] exactly(String what, int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw InvalidInputException.of("%s is cut short: %d of %d bytes are there.", what, bytes.length, count);
    }
    return bytes;
  }

  /** Memory grows as it fills; the last and largest is the result, which alone belongs to the caller's arena. */
  private MemorySegment data(String what, long bytes, Arena arena) throws IOException {
    MemorySegment data = MemorySegment.NULL;
    Arena owner = null;
    try {
      for (long at = 0; at < bytes; ) {
        int more = piece(what, at, bytes);
        if (at + more > data.byteSize()) {
          long larger = Math.min(bytes, Math.max(FIRST_MEMORY, GROWTH * data.byteSize()));
          Arena next = larger == bytes ? null : Arena.ofConfined();
          MemorySegment copy = (next == null ? arena : next).allocate(larger, ALIGNMENT);
          MemorySegment.copy(data, 0, copy, 0, at);
          if (owner != null) {
            owner.close();
          }
          owner = next;
          data = copy;
        }
        MemorySegment.copy(piece, 0, data, ValueLayout.JAVA_BYTE, at, more);
        at += more;
      }
      return data;
    } finally {
      if (owner != null) {
        owner.close();
      }
    }
  }

  /** Reads some of the bytes that follow the first {@code at} of so many. */
  private int piece(String what, long at, long bytes) throws IOException {
    int read = in.readNBytes(piece, 0, (int) Math.min(PIECE, bytes - at));
    if (read == 0) {
      throw InvalidInputException.of("%s is cut short: %d of %d bytes are there.", what, at, bytes);
    }
    return read;
  }
}
