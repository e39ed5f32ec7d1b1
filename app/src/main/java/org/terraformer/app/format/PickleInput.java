package org.terraformer.app.format;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.terraformer.ports.failure.InvalidInputException;

/** The bytes of a pickle, read as the numbers and texts that follow its instructions. No length is believed before the bytes are there. */
final class PickleInput {
  private static final int LONGEST_INTEGER = 64;

  private final String file;
  private final ByteBuffer in;

  /**
   * @param file for messages
   */
  PickleInput(String file, byte[] bytes) {
    this.file = file;
    this.in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  String file() {
    return file;
  }

  int size() {
    return in.capacity();
  }

  int position() {
    return in.position();
  }

  int unsignedByte() {
    return in.get() & 0xFF;
  }

  int unsignedShort() {
    return in.getShort() & 0xFFFF;
  }

  int fourBytes() {
    return in.getInt();
  }

  long unsignedInt() {
    return in.getInt() & 0xFFFFFFFFL;
  }

  long eightBytes() {
    return in.getLong();
  }

  double bigEndianDouble() {
    return bytes(Double.BYTES).order(ByteOrder.BIG_ENDIAN).getDouble();
  }

  ByteBuffer bytes(long length) {
    if (length < 0 || length > in.remaining()) {
      throw malformed("is cut short or has a wrong length");
    }
    ByteBuffer slice = in.slice(in.position(), (int) length);
    in.position(in.position() + (int) length);
    return slice;
  }

  String utf8(long length) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(bytes(length)).toString();
  }

  String latin1(int length) {
    return StandardCharsets.ISO_8859_1.decode(bytes(length)).toString();
  }

  /** The text up to the end of the line. */
  String line() {
    int start = in.position();
    while (in.get() != '\n') {
      continue;
    }
    return StandardCharsets.UTF_8.decode(in.slice(start, in.position() - 1 - start)).toString();
  }

  /** A line without its quotes. */
  String quotedLine() {
    String line = line();
    return line.length() < 2 ? line : line.substring(1, line.length() - 1);
  }

  /** A number in digits, or a Boolean as protocol 0 writes it. */
  Object integerLine() {
    String line = line();
    return switch (line) {
      case "00" -> false;
      case "01" -> true;
      default -> Long.parseLong(line);
    };
  }

  long longLine() {
    return new BigInteger(line().replace("L", "")).longValueExact();
  }

  /** A little-endian number of so many bytes: a Long if it fits, else a BigInteger. */
  Object integer(int length) {
    ByteBuffer digits = bytes(length);
    if (length > LONGEST_INTEGER) {
      throw malformed("has an integer of %d bytes".formatted(length));
    }
    byte[] bigEndian = new byte[length];
    for (int i = 0; i < length; i++) {
      bigEndian[length - 1 - i] = digits.get(i);
    }
    BigInteger value = length == 0 ? BigInteger.ZERO : new BigInteger(bigEndian);
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  InvalidInputException malformed(String what) {
    return InvalidInputException.of("The pickle %s %s near byte %d.", file, what, in.position());
  }
}
