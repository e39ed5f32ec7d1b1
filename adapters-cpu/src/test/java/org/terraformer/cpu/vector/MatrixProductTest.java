package org.terraformer.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/** Products of random odd shapes equal the plain sums, for every type of weights, and the number of workers changes no bit. */
class MatrixProductTest {
  private static final float BIAS = 0.5f;
  private static final DType[] TYPES = {DType.F32, DType.BF16, DType.F16, DType.Q8};

  private enum Layout {
    AS_THEY_ARE,
    RIGHT_TRANSPOSED,
    LEFT_TRANSPOSED
  }

  @Property(tries = 150)
  void theProductIsTheSumOfProducts(@ForAll @IntRange(max = 2) int layout, @ForAll @IntRange(max = 3) int type,
      @ForAll @IntRange(min = 1, max = 300) int rows, @ForAll @IntRange(min = 1, max = 150) int columns,
      @ForAll @IntRange(min = 1, max = 600) int terms, @ForAll long seed) {
    Case one = new Case(Layout.values()[layout], TYPES[type], rows, columns, terms, seed);
    try (Arena arena = Arena.ofConfined()) {
      float[] sums = one.run(1, arena);
      double[] expected = one.expected(arena);
      for (int i = 0; i < sums.length; i++) {
        if (!(Math.abs(sums[i] - expected[i]) <= 1e-6 * (terms + 8))) {
          fail("%s gives %s instead of %s at %d", one, sums[i], expected[i], i);
        }
      }
      for (int workers : new int[] {2, 3, 4, 7}) {
        assertThat(one.run(workers, arena)).as("%s with %d workers", one, workers).isEqualTo(sums);
      }
    }
  }

  @Property(tries = 20)
  void bothTilesMakeTheSameSums(@ForAll @IntRange(min = 1, max = 256) int depth, @ForAll long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment left = floats(random, (int) (12 * ProductTile.LEFT_STRIDE / 4), arena);
      MemorySegment right = floats(random, depth * ProductTile.COLUMNS, arena);
      long stride = 4L * ProductTile.COLUMNS;
      MemorySegment twelve = arena.allocate(12 * stride, 64);
      MemorySegment six = arena.allocate(12 * stride, 64);
      new TwelveRowTile().multiply(left.address(), right.address(), depth, twelve.address(), stride);
      new SixRowTile().multiply(left.address(), right.address(), depth, six.address(), stride);
      new SixRowTile().multiply(left.address() + 6 * ProductTile.LEFT_STRIDE, right.address(), depth, six.address() + 6 * stride, stride);
      assertThat(six.mismatch(twelve)).isEqualTo(-1);
    }
  }

  @Property(tries = 40)
  void aTileIsAddedToWhatItStartsFrom(@ForAll @IntRange(min = 1, max = 256) int depth, @ForAll boolean oneRow, @ForAll long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment left = floats(random, (int) (12 * ProductTile.LEFT_STRIDE / 4), arena);
      MemorySegment right = floats(random, depth * ProductTile.COLUMNS, arena);
      MemorySegment start = floats(random, 12 * ProductTile.COLUMNS, arena);
      int stride = 4 * ProductTile.COLUMNS;
      for (ProductTile tile : new ProductTile[] {new SixRowTile(), new TwelveRowTile()}) {
        MemorySegment product = arena.allocate(tile.bytes(), 64);
        MemorySegment sum = arena.allocate(tile.bytes(), 64);
        tile.multiply(left.address(), right.address(), depth, product.address(), stride);
        tile.multiplyAndAdd(left.address(), right.address(), depth, start.address(), oneRow ? 0 : stride, sum.address(), stride,
            arena.allocate(tile.bytes(), 64).address());
        for (int i = 0; i < tile.rows * ProductTile.COLUMNS; i++) {
          float added = start.getAtIndex(ValueLayout.JAVA_FLOAT, oneRow ? i % ProductTile.COLUMNS : i);
          assertThat(sum.getAtIndex(ValueLayout.JAVA_FLOAT, i)).isEqualTo(product.getAtIndex(ValueLayout.JAVA_FLOAT, i) + added);
        }
      }
    }
  }

  @Property(tries = 40)
  void twelveRowsGoOnWithASumTermByTerm(@ForAll @IntRange(min = 1, max = 256) int depth, @ForAll long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    try (Arena arena = Arena.ofConfined()) {
      ProductTile tile = new TwelveRowTile();
      MemorySegment left = floats(random, (int) (12 * ProductTile.LEFT_STRIDE / 4), arena);
      MemorySegment right = floats(random, depth * ProductTile.COLUMNS, arena);
      MemorySegment sums = floats(random, 12 * ProductTile.COLUMNS, arena);
      float[] starts = sums.toArray(ValueLayout.JAVA_FLOAT);
      int stride = 4 * ProductTile.COLUMNS;
      tile.goOn(left.address(), right.address(), depth, sums.address(), stride, sums.address(), stride, 0);
      for (int i = 0; i < starts.length; i++) {
        float expected = sumFrom(starts[i], left, i / ProductTile.COLUMNS, right, i % ProductTile.COLUMNS, depth);
        assertThat(sums.getAtIndex(ValueLayout.JAVA_FLOAT, i)).isEqualTo(expected);
      }
    }
  }

  private static float sumFrom(float start, MemorySegment left, int row, MemorySegment right, int column, int depth) {
    float sum = start;
    for (int term = 0; term < depth; term++) {
      float factor = left.getAtIndex(ValueLayout.JAVA_FLOAT, row * ProductTile.LEFT_STRIDE / 4 + term);
      sum = Math.fma(factor, right.getAtIndex(ValueLayout.JAVA_FLOAT, (long) term * ProductTile.COLUMNS + column), sum);
    }
    return sum;
  }

  private static MemorySegment floats(RandomGenerator random, int count, Arena arena) {
    MemorySegment floats = arena.allocate(4L * count, 64);
    for (int i = 0; i < count; i++) {
      floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (random.nextDouble() - 0.5));
    }
    return floats;
  }

  /** Matrices with elements from -0.5 to 0.5, and a bias where the right one is transposed, as for layers. */
  private record Case(Layout layout, DType type, int rows, int columns, int terms, long seed) {

    private float[] left() {
      return random(1, rows * terms);
    }

    private Tensor right() {
      Shape shape = layout == Layout.RIGHT_TRANSPOSED ? Shape.of(columns, terms) : Shape.of(terms, columns);
      return Tensor.of("right", shape, random(2, columns * terms));
    }

    private float[] random(int stream, int count) {
      RandomGenerator random = new SplittableRandom(seed + stream);
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = (float) (random.nextDouble() - 0.5);
      }
      return values;
    }

    private float[] run(int workers, Arena arena) {
      MemorySegment a = arena.allocateFrom(ValueLayout.JAVA_FLOAT, left());
      Tensor b = Conversion.convert(right(), type, arena);
      MemorySegment y = arena.allocate(4L * rows * columns, 64);
      MemorySegment bias = arena.allocate(4L * columns, 64);
      for (int i = 0; i < columns; i++) {
        bias.setAtIndex(ValueLayout.JAVA_FLOAT, i, BIAS);
      }
      Value value = new Value(0, Value.Kind.MATRIX, "right", DType.F32, Extent.FIXED, b.shape());
      MemorySegment data = arena.allocate(b.data().byteSize(), 64).copyFrom(b.data());
      MatrixRows right = MatrixRows.of(new CpuTensor(value, b.dtype(), data, b.scales()));
      MatrixRows left = new F32MatrixRows(a.address(), 4L * (layout == Layout.LEFT_TRANSPOSED ? rows : terms));
      long stride = 4L * columns;
      MatrixProduct product = switch (layout) {
        case AS_THEY_ARE -> MatrixProduct.of(left, right, ResultRows.fromZero(y.address(), stride));
        case RIGHT_TRANSPOSED -> MatrixProduct.rightTransposed(left, right, ResultRows.fromBias(y.address(), stride, bias.address(), columns));
        case LEFT_TRANSPOSED -> MatrixProduct.leftTransposed(left, right, ResultRows.fromPresent(y.address(), stride));
      };
      MemorySegment scratch = arena.allocate(MatrixProduct.SCRATCH_BYTES, 64).fill((byte) -1);
      for (int worker = 0; worker < workers; worker++) {
        product.run(rows, columns, terms, worker, workers, scratch.address());
      }
      return y.toArray(ValueLayout.JAVA_FLOAT);
    }

    private double[] expected(Arena arena) {
      float[] a = left();
      float[] b = Conversion.convert(Conversion.convert(right(), type, arena), DType.F32, arena).data().toArray(ValueLayout.JAVA_FLOAT);
      double[] sums = new double[rows * columns];
      for (int i = 0; i < sums.length; i++) {
        int row = i / columns;
        int column = i % columns;
        sums[i] = layout == Layout.RIGHT_TRANSPOSED ? BIAS : 0;
        for (int term = 0; term < terms; term++) {
          sums[i] += (double) a[layout == Layout.LEFT_TRANSPOSED ? term * rows + row : row * terms + term]
              * b[layout == Layout.RIGHT_TRANSPOSED ? column * terms + term : term * columns + column];
        }
      }
      return sums;
    }
  }
}
