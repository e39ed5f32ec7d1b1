package org.terraformer.app.format;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * The bytes of a pickle, read as the numbers and texts that follow its instructions. No length is believed before the bytes are
 * there, and what the pickle makes us keep in memory is counted: a small file may not ask for much.
 */
final class PickleInput {
  /** Byte strings of at least this size are left in the pickle. */
  static final int LONG = 1 << 12;

  private static final int LONGEST_INTEGER = 64;
  private static final int LONGEST_NUMBER = 400;
  private static final int LONGEST_LINE = 1 << 26;

  private final String file;
  private final InputStream in;
  private long position;
  private long memory;

  /**
   * @param file for messages
   * @param memory the bytes of memory that the objects may take
   */
  PickleInput(String file, InputStream in, long memory) {
    this.file = file;
    this.in = in;
    this.memory = memory;
  }

  String file() {
    return file;
  }

  /** Counts memory that is about to be taken, or as much work. */
  void charge(long bytes) {
    memory -= bytes;
    if (memory < 0) {
      throw malformed("asks for more memory than a file of its size may");
    }
  }

  int unsignedByte() throws IOException {
    int value = in.read();
    if (value < 0) {
      throw new EOFException();
    }
    position++;
    return value;
  }

  private ByteBuffer exactly(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    position += bytes.length;
    if (bytes.length < count) {
      throw new EOFException();
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  int unsignedShort() throws IOException {
    return exactly(Short.BYTES).getShort() & 0xFFFF;
  }

  int fourBytes() throws IOException {
    return exactly(Integer.BYTES).getInt();
  }

  long unsignedInt() throws IOException {
    return fourBytes() & 0xFFFFFFFFL;
  }

  long eightBytes() throws IOException {
    return exactly(Long.BYTES).getLong();
  }

  double bigEndianDouble() throws IOException {
    return exactly(Double.BYTES).order(ByteOrder.BIG_ENDIAN).getDouble();
  }

  /** A byte string; a long one is passed over. */
  PickleBytes bytes(long length) throws IOException {
    long start = position;
    if (length < 0) {
      throw malformed("has a byte string of a negative length");
    }
    if (length < LONG) {
      charge(length);
      return PickleBytes.of(exactly((int) length).array());
    }
    for (long left = length; left > 0; ) {
      long skipped = skipSome(left);
      left -= skipped;
      position += skipped;
    }
    return new PickleBytes(start, length, Optional.empty());
  }

  /** A stream may skip nothing and yet not be at its end; only reading tells. */
  private long skipSome(long most) throws IOException {
    long skipped = in.skip(most);
    if (skipped <= 0 && in.read() < 0) {
      throw new EOFException();
    }
    return Math.max(1, skipped);
  }

  private byte[] textBytes(long length) throws IOException {
    if (length < 0 || length > Integer.MAX_VALUE - 8) {
      throw malformed("has a text of the impossible length %d".formatted(length));
    }
    charge(2 * length);
    return exactly((int) length).array();
  }

  String utf8(long length) throws IOException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(textBytes(length))).toString();
  }

  String latin1(int length) throws IOException {
    return new String(textBytes(length), StandardCharsets.ISO_8859_1);
  }

  /** The bytes up to the end of the line, one character each. */
  String line() throws IOException {
    return line(LONGEST_LINE);
  }

  private String line(int longest) throws IOException {
    byte[] line = new byte[64];
    int length = 0;
    for (int next = unsignedByte(); next != '\n'; next = unsignedByte()) {
      if (length == longest) {
        throw malformed("has a line of more than %d bytes".formatted(longest));
      }
      if (length == line.length) {
        charge(3L * length);
        line = Arrays.copyOf(line, 2 * length);
      }
      line[length++] = (byte) next;
    }
    return new String(line, 0, length, StandardCharsets.ISO_8859_1);
  }

  /** A number in digits, or a Boolean as protocol 0 writes it. */
  Object integerLine() throws IOException {
    String line = line(LONGEST_NUMBER);
    return switch (line) {
      case "00" -> false;
      case "01" -> true;
      default -> shortened(new BigInteger(line));
    };
  }

  Object longLine() throws IOException {
    return shortened(new BigInteger(line(LONGEST_NUMBER).replace("L", "")));
  }

  double doubleLine() throws IOException {
    return Double.parseDouble(line(LONGEST_NUMBER));
  }

  int indexLine() throws IOException {
    return Integer.parseInt(line(LONGEST_NUMBER));
  }

  /** A little-endian number of so many bytes: a Long if it fits, else a BigInteger. */
  Object integer(int length) throws IOException {
    if (length < 0 || length > LONGEST_INTEGER) {
      throw malformed("has an integer of %d bytes".formatted(length));
    }
    ByteBuffer digits = exactly(length);
    byte[] bigEndian = new byte[length];
    for (int i = 0; i < length; i++) {
      bigEndian[length - 1 - i] = digits.get(i);
    }
    return shortened(length == 0 ? BigInteger.ZERO : new BigInteger(bigEndian));
  }

  private static Object shortened(BigInteger value) {
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  InvalidInputException malformed(String what) {
    return InvalidInputException.of("The pickle %s %s near byte %d.", file, what, position);
  }

  InvalidInputException malformed(Exception cause) {
    return new InvalidInputException("The pickle %s is malformed near byte %d.".formatted(file, position), cause);
  }
}
