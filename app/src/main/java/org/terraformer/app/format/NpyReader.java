package org.terraformer.app.format;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
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
  private static final int PIECE = 1 << 20;
  private static final Pattern DESCR = Pattern.compile("['\"]descr['\"]\\s*:\\s*['\"]([^'\"]{1,20})['\"]");
  private static final Pattern ORDER = Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([0-9, ]*)\\)");

  private final String file;
  private final InputStream in;
  private int records;

  /**
   * @param file for messages
   */
  public NpyReader(String file, InputStream in) {
    this.file = file;
    this.in = in;
  }

  /**
   * The next record as a weight, or null at the end of the stream.
   *
   * @throws InvalidInputException if the record is malformed or cut short
   */
  public Tensor next(Arena arena) {
    try {
      byte[] magic = in.readNBytes(8);
      if (magic.length == 0) {
        return null;
      }
      String what = "Record %d of %s".formatted(records++, file);
      if (magic.length < 8 || (magic[0] & 0xFF) != 0x93 || !"NUMPY".equals(new String(magic, 1, 5, StandardCharsets.US_ASCII))
          || magic[6] < 1 || magic[6] > 3) {
        throw InvalidInputException.of("%s does not start as a .npy record of version 1 to 3.", what);
      }
      String header = new String(exactly(what, headerLength(what, magic[6])), StandardCharsets.UTF_8);
      return read(what, header).toTensor("array " + (records - 1), arena);
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be read: %s.".formatted(file, e.getMessage()), e);
    }
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

  private NumpyArray read(String what, String header) throws IOException {
    String type = field(what, header, "descr", DESCR);
    boolean columnMajor = field(what, header, "fortran_order", ORDER).equals("True");
    String plain = type.startsWith("<") || type.startsWith("|") || type.startsWith("=") ? type.substring(1) : type;
    List<Long> sizes = new ArrayList<>();
    for (String size : field(what, header, "shape", SHAPE).split(",")) {
      if (!size.isBlank()) {
        if (size.strip().length() > 18 || size.strip().contains(" ")) {
          throw InvalidInputException.of("%s has the impossible axis size %s.", what, size.strip());
        }
        sizes.add(Long.parseLong(size.strip()));
      }
    }
    long[] shape = sizes.stream().mapToLong(Long::longValue).toArray();
    long bytes = NumpyArray.bytes(what, shape, NumpyArray.elementBytes(plain));
    return NumpyArray.of(what, type, shape, columnMajor, ByteBuffer.wrap(exactly(what, bytes)));
  }

  private static String field(String what, String header, String name, Pattern pattern) {
    Matcher matcher = pattern.matcher(header);
    if (!matcher.find()) {
      throw InvalidInputException.of("%s has no valid field %s in its header.", what, name);
    }
    return matcher.group(1);
  }

  private byte[] exactly(String what, long count) throws IOException {
    if (count > Integer.MAX_VALUE - 16) {
      throw InvalidInputException.of("%s claims %d bytes; arrays above 2 GiB are not supported in this format.", what, count);
    }
    byte[] bytes = new byte[(int) Math.min(count, PIECE)];
    int read = 0;
    while (read < count) {
      if (read == bytes.length) {
        bytes = java.util.Arrays.copyOf(bytes, (int) Math.min(count, 2L * bytes.length));
      }
      int more = in.readNBytes(bytes, read, bytes.length - read);
      if (more == 0) {
        throw InvalidInputException.of("%s is cut short: %d of %d bytes are there.", what, read, count);
      }
      read += more;
    }
    return bytes;
  }
}
