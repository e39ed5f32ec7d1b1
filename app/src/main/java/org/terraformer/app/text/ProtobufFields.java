package org.terraformer.app.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * Walks through the fields of a protobuf message: a key of number and kind, then a number of variable length, of 4 or of 8
 * bytes, or a length and that many bytes.
 */
final class ProtobufFields {
  private static final int VARINT = 0;
  private static final int EIGHT_BYTES = 1;
  private static final int BYTES = 2;
  private static final int FOUR_BYTES = 5;

  private final String file;
  private final ByteBuffer data;
  private int number;
  private int kind;
  private long value;
  private ByteBuffer bytes;

  ProtobufFields(String file, ByteBuffer data) {
    this.file = file;
    this.data = data.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Goes to the next field, if there is one. */
  boolean next() {
    if (!data.hasRemaining()) {
      return false;
    }
    long key = varint();
    number = (int) (key >>> 3);
    kind = (int) (key & 7);
    if (key >>> 32 != 0 || number == 0) {
      throw damaged("has no field number");
    }
    switch (kind) {
      case VARINT -> value = varint();
      case FOUR_BYTES -> value = Integer.toUnsignedLong(taken(4).getInt());
      case EIGHT_BYTES -> value = taken(8).getLong();
      case BYTES -> bytes = taken(varint());
      default -> throw damaged("is of the unknown kind " + kind);
    }
    return true;
  }

  int number() {
    return number;
  }

  /** A whole number that fits 32 bits, as an enumeration or a truth value is. */
  int wholeNumber() {
    if (kind != VARINT || value != (int) value) {
      throw damaged("is no whole number of 32 bits");
    }
    return (int) value;
  }

  float real() {
    if (kind != FOUR_BYTES) {
      throw damaged("is no number of 4 bytes");
    }
    return Float.intBitsToFloat((int) value);
  }

  ByteBuffer bytes() {
    if (kind != BYTES) {
      throw damaged("holds no bytes");
    }
    return bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  byte[] array() {
    ByteBuffer all = bytes();
    byte[] copy = new byte[all.remaining()];
    all.get(copy);
    return copy;
  }

  String text() {
    return VocabularyFile.text(file, array());
  }

  private ByteBuffer taken(long size) {
    if (size < 0 || size > data.remaining()) {
      throw damaged("has %d bytes but %d are left".formatted(size, data.remaining()));
    }
    ByteBuffer part = data.slice(data.position(), (int) size).order(ByteOrder.LITTLE_ENDIAN);
    data.position(data.position() + (int) size);
    return part;
  }

  private long varint() {
    long result = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      byte next = taken(1).get();
      result |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return result;
      }
    }
    throw damaged("has a number of more than 10 bytes");
  }

  private InvalidInputException damaged(String what) {
    return InvalidInputException.of("%s is no SentencePiece vocabulary: field %d before byte %d of a message %s.",
        file, number, data.position(), what);
  }
}
