package org.terraformer.cpu.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * All memory as one segment, addressed by raw addresses: no bounds check stays in a loop. What is read and written was laid out and
 * checked when the kernel was made.
 */
final class Memory {
  static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
  /** All addresses that a process has: where an address is masked with it, the compiler sees that it needs no check. */
  static final long IN_RANGE = (1L << 56) - 1;
  /** More bytes than there are from a row or vector to the next: masked with it, the compiler sees that the next one is in range too. */
  static final long ONE_STRIDE = (1L << 40) - 1;
  static final ByteOrder ORDER = ByteOrder.nativeOrder();

  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

  static {
    // Before they are compiled, some operations of vectors go through segments of arrays. If that kind came later, all that was compiled for a
    // single kind of segment would be thrown away, in the middle of a run, and made again, not always as well.
    MemorySegment.ofArray(new byte[0]);
  }

  private Memory() {}

  /**
   * The same address, of which the compiler then knows that it is in the range of {@link #ALL}: for what lies there, and at a known distance, it
   * leaves out its check. Without checks, though, it draws loads forward as far as it can: see where the registers suffice.
   */
  static long inRange(long address) {
    return address & (1L << 56) - 1;
  }

  static float getFloat(long address) {
    return ALL.get(FLOAT, address);
  }

  static void setFloat(long address, float value) {
    ALL.set(FLOAT, address, value);
  }

  static int getInt(long address) {
    return ALL.get(INT, address);
  }

  static void setInt(long address, int value) {
    ALL.set(INT, address, value);
  }

  static long getLong(long address) {
    return ALL.get(LONG, address);
  }

  static void setLong(long address, long value) {
    ALL.set(LONG, address, value);
  }

  static double getDouble(long address) {
    return ALL.get(DOUBLE, address);
  }

  static void setDouble(long address, double value) {
    ALL.set(DOUBLE, address, value);
  }

  static float getBf16(long address) {
    return Float.intBitsToFloat(ALL.get(SHORT, address) << 16);
  }

  static float getF16(long address) {
    return Float.float16ToFloat(ALL.get(SHORT, address));
  }

  static void setShort(long address, short value) {
    ALL.set(SHORT, address, value);
  }

  static byte getByte(long address) {
    return ALL.get(ValueLayout.JAVA_BYTE, address);
  }

  /** Zeros, in whole floats. */
  static void clear(long address, long bytes) {
    for (long i = 0; i < bytes; i += 4) {
      ALL.set(FLOAT, address + i, 0);
    }
  }

  static void copy(long from, long to, long bytes) {
    MemorySegment.copy(ALL, from, ALL, to, bytes);
  }
}
