package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.INTS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Rows of floats turned into columns. A square of as many vectors as they have lanes is turned by rounds in which vector i and the one half
 * a square further are zipped into vectors 2i and 2i + 1; the rounds are as many as halvings make one of the number of lanes.
 */
final class Transposition {
  private static final IntVector ZIP_LOW = IntVector.zero(INTS).addIndex(1).lanewise(VectorOperators.LSHR, 1)
      .add(lastBits());
  private static final IntVector ZIP_HIGH = ZIP_LOW.add(LANES / 2);
  /** Bytes of memory of its own that {@link #turn} needs. */
  static final long SPACE_BYTES = 4L * LANES * LANES;

  private Transposition() {}

  /** For odd lanes the number of lanes, which picks from the second of two vectors. */
  private static IntVector lastBits() {
    return IntVector.zero(INTS).addIndex(1).and(1).mul(LANES);
  }

  /**
   * Writes element j of row i to element i of row j.
   *
   * @param rows rows to read
   * @param length floats of each
   * @param stride bytes between them
   * @param toStride bytes between the rows that are written
   */
  static void turn(long from, int rows, int length, long stride, long to, long toStride, long space) {
    int wholeRows = rows - rows % LANES;
    int wholeLength = length - length % LANES;
    for (int row = 0; row < wholeRows; row += LANES) {
      for (int i = 0; i < wholeLength; i += LANES) {
        square(from + row * stride + 4L * i, stride, to + i * toStride + 4L * row, toStride, space);
      }
    }
    oneByOne(from, 0, wholeRows, wholeLength, length, stride, to, toStride);
    oneByOne(from, wholeRows, rows, 0, length, stride, to, toStride);
  }

  private static void oneByOne(long from, int firstRow, int endRow, int firstElement, int endElement, long stride, long to, long toStride) {
    for (int row = firstRow; row < endRow; row++) {
      for (int i = firstElement; i < endElement; i++) {
        Memory.setFloat(to + i * toStride + 4L * row, Memory.getFloat(from + row * stride + 4L * i));
      }
    }
  }

  private static void square(long from, long stride, long to, long toStride, long space) {
    switch (LANES) {
      case 4 -> twoRounds(from, stride, to, toStride);
      case 8 -> {
        twoRounds(from, stride, space, 4L * LANES);
        oneRound(space, 4L * LANES, to, toStride);
      }
      case 16 -> {
        twoRounds(from, stride, space, 4L * LANES);
        twoRounds(space, 4L * LANES, to, toStride);
      }
      default -> oneByOne(from, 0, LANES, 0, LANES, stride, to, toStride);
    }
  }

  private static void oneRound(long from, long stride, long to, long toStride) {
    for (int i = 0; i < LANES / 2; i++) {
      IntVector a = IntVector.fromMemorySegment(INTS, ALL, Memory.inRange(from + i * stride), ORDER);
      IntVector b = IntVector.fromMemorySegment(INTS, ALL, Memory.inRange(from + (i + LANES / 2) * stride), ORDER);
      ZIP_LOW.selectFrom(a, b).intoMemorySegment(ALL, Memory.inRange(to + 2 * i * toStride), ORDER);
      ZIP_HIGH.selectFrom(a, b).intoMemorySegment(ALL, Memory.inRange(to + (2 * i + 1) * toStride), ORDER);
    }
  }

  private static void twoRounds(long from, long stride, long to, long toStride) {
    for (int i = 0; i < LANES / 4; i++) {
      IntVector a = IntVector.fromMemorySegment(INTS, ALL, Memory.inRange(from + i * stride), ORDER);
      IntVector b = IntVector.fromMemorySegment(INTS, ALL, Memory.inRange(from + (i + LANES / 4) * stride), ORDER);
      IntVector c = IntVector.fromMemorySegment(INTS, ALL, Memory.inRange(from + (i + LANES / 2) * stride), ORDER);
      IntVector d = IntVector.fromMemorySegment(INTS, ALL, Memory.inRange(from + (i + 3 * LANES / 4) * stride), ORDER);
      IntVector ac = ZIP_LOW.selectFrom(a, c);
      IntVector bd = ZIP_LOW.selectFrom(b, d);
      ZIP_LOW.selectFrom(ac, bd).intoMemorySegment(ALL, Memory.inRange(to + 4 * i * toStride), ORDER);
      ZIP_HIGH.selectFrom(ac, bd).intoMemorySegment(ALL, Memory.inRange(to + (4 * i + 1) * toStride), ORDER);
      IntVector highAc = ZIP_HIGH.selectFrom(a, c);
      IntVector highBd = ZIP_HIGH.selectFrom(b, d);
      ZIP_LOW.selectFrom(highAc, highBd).intoMemorySegment(ALL, Memory.inRange(to + (4 * i + 2) * toStride), ORDER);
      ZIP_HIGH.selectFrom(highAc, highBd).intoMemorySegment(ALL, Memory.inRange(to + (4 * i + 3) * toStride), ORDER);
    }
  }
}
