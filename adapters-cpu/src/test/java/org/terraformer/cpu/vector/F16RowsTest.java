package org.terraformer.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All finite halves, as 2048 rows of 31 or 1984 of 32, so that some fill vectors and pairs of them, and some are left over. */
class F16RowsTest {
  private static final int FINITE = 63_488;
  private static final int INFINITY = 0x7C00;
  /** So small that a product with a half would be zero if the half itself were not scaled first. */
  private static final float SMALL = 0x1p-100f;

  private final Arena arena = Arena.ofConfined();
  private final long halves = halves();

  private long halves() {
    long address = arena.allocate(2L * FINITE, 64).address();
    for (int i = 0; i < INFINITY; i++) {
      Memory.setShort(address + 4L * i, (short) i);
      Memory.setShort(address + 4L * i + 2, (short) (i | 0x8000));
    }
    return address;
  }

  @AfterEach
  void close() {
    arena.close();
  }

  private static float half(int index) {
    return Float.float16ToFloat((short) (index / 2 | index % 2 << 15));
  }

  @ParameterizedTest
  @ValueSource(ints = {31, 32})
  void rowsAreReadExactly(int columns) {
    F16MatrixRows rows = new F16MatrixRows(halves, 2L * columns);
    long read = floats(columns);
    for (int row = 0; row < FINITE / columns; row++) {
      rows.read(row, 0, columns, read);
      assertRow(read, columns, row * columns, i -> half(i));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {31, 32})
  void productsOfOneRowAndOfFourAreExact(int columns) {
    F16Rows rows = rows(columns);
    long y = floats(4);
    long x = floats(columns);
    for (int column = 0; column < columns; column++) {
      Memory.clear(x, 4L * columns);
      Memory.setFloat(x + 4L * column, SMALL);
      for (int row = 0; row < FINITE / columns; row += 4) {
        rows.dot4Rows(x, row, row + 1, row + 2, row + 3, y, 4);
        for (int i = 0; i < 4; i++) {
          float expected = half((row + i) * columns + column) * SMALL;
          assertEqual(Memory.getFloat(y + 4L * i), expected);
          assertEqual(rows.dot(x, row + i), expected);
          assertEqual(rows.element(row + i, column) * SMALL, expected);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {31, 32})
  void productsOfQuartersAreExact(int columns) {
    F16Rows rows = rows(columns);
    int quarter = FINITE / columns / 4;
    int count = 4 * quarter;
    long y = floats(count);
    long x = floats(columns);
    for (int column = 0; column < columns; column++) {
      Memory.clear(x, 4L * columns);
      Memory.setFloat(x + 4L * column, SMALL);
      rows.dotQuarters(x, 0, quarter / 2, quarter, y);
      rows.dotQuarters(x, quarter / 2, quarter, quarter, y);
      for (int row = 0; row < count; row++) {
        assertEqual(Memory.getFloat(y + 4L * row), half(row * columns + column) * SMALL);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {31, 32})
  void tilesAreExact(int columns) {
    F16Rows rows = rows(columns);
    long stride = 4L * columns;
    long scratch = arena.allocate(RowKernel.TILE_BYTES, 64).address();
    long x = floats(4 * columns);
    long y = floats(4 * 4);
    for (int first = 0; first < columns; first++) {
      Memory.clear(x, 4 * stride);
      for (int vector = 0; vector < 4; vector++) {
        Memory.setFloat(x + vector * stride + 4L * ((first + vector) % columns), SMALL);
      }
      for (int vectors = 2; vectors <= 4; vectors += 2) {
        for (int row = 0; row < FINITE / columns; row += 4) {
          rows.dotTile(vectors, x, 0, stride, row, 1, y, 16, scratch);
          for (int i = 0; i < 4 * vectors; i++) {
            int column = (first + i / 4) % columns;
            assertEqual(Memory.getFloat(y + 4L * i), half((row + i % 4) * columns + column) * SMALL);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {31, 32})
  void multiplesOfRowsAreAddedExactly(int columns) {
    F16Rows rows = rows(columns);
    long y = floats(columns);
    long entries = arena.allocate(4 * RowKernel.ENTRY_BYTES, 64).address();
    for (int i = 0; i < 4; i++) {
      RowKernel.setEntry(entries + i * RowKernel.ENTRY_BYTES, i, 0);
    }
    for (int row = 0; row < FINITE / columns; row++) {
      Memory.clear(y, 4L * columns);
      rows.addScaled(SMALL, row, y, 0, columns);
      assertRow(y, columns, row * columns, i -> half(i) * SMALL);
      Memory.clear(y, 4L * columns);
      RowKernel.setEntry(entries + 2 * RowKernel.ENTRY_BYTES, row, SMALL);
      rows.addScaled4(entries, y, 0, columns);
      assertRow(y, columns, row * columns, i -> half(i) * SMALL);
    }
  }

  private F16Rows rows(int columns) {
    return new F16Rows(halves, 0, columns);
  }

  private long floats(int count) {
    return arena.allocate(4L * count, 64).address();
  }

  private static void assertRow(long floats, int columns, int first, IntToDoubleFunction expected) {
    for (int i = 0; i < columns; i++) {
      assertEqual(Memory.getFloat(floats + 4L * i), (float) expected.applyAsDouble(first + i));
    }
  }

  /** Equal numbers, whatever the sign of zero: as sums, both are zero. */
  private static void assertEqual(float actual, float expected) {
    if (actual != expected) {
      assertThat(actual).isEqualTo(expected);
    }
  }
}
