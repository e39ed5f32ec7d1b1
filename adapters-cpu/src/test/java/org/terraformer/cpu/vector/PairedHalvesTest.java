package org.terraformer.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.terraformer.ports.tensor.BFloat16;

class PairedHalvesTest {
  private static final int POSITIONS = 200;

  @Property(tries = 60)
  void scoresAreTheProductsOfTheQueryWithTheChosenKeys(@ForAll @IntRange(min = 1, max = 6) int pairs, @ForAll @IntRange(min = 1, max = 150) int count,
      @ForAll boolean chosen, @ForAll long seed) {
    try (Arena arena = Arena.ofConfined()) {
      Rows keys = new Rows(arena, 2 * Species.LANES * pairs, count, chosen, seed);
      long query = floats(arena, keys.size, new SplittableRandom(seed + 1));
      long scores = arena.allocate(AttentionVectors.scoreBytes(count, keys.size), 64).address();
      AttentionVectors.scores(true, query, 0.5f, keys.address, keys.chosen, keys.size, count, scores);
      for (int j = 0; j < count; j++) {
        double expected = 0;
        for (int i = 0; i < keys.size; i++) {
          expected += 0.5 * Memory.getFloat(query + 4L * i) * keys.element(j, i);
        }
        assertThat((double) Memory.getFloat(scores + 4L * j)).isCloseTo(expected, within(1e-4));
      }
    }
  }

  @Property(tries = 60)
  void sumsAreOfTheChosenValuesTimesTheirWeights(@ForAll @IntRange(min = 1, max = 6) int pairs, @ForAll @IntRange(min = 1, max = 150) int count,
      @ForAll boolean chosen, @ForAll long seed) {
    try (Arena arena = Arena.ofConfined()) {
      Rows values = new Rows(arena, 2 * Species.LANES * pairs, count, chosen, seed);
      long weights = floats(arena, count, new SplittableRandom(seed + 1));
      long sums = arena.allocate(4L * values.size, 64).address();
      AttentionVectors.weightedSum(true, weights, values.address, values.chosen, values.size, count, sums);
      for (int i = 0; i < values.size; i++) {
        double expected = 0;
        for (int j = 0; j < count; j++) {
          expected += (double) Memory.getFloat(weights + 4L * j) * values.element(j, i);
        }
        assertThat((double) Memory.getFloat(sums + 4L * i)).isCloseTo(expected, within(1e-4));
      }
    }
  }

  private static long floats(Arena arena, int count, SplittableRandom random) {
    long address = arena.allocate(4L * count, 64).address();
    for (int i = 0; i < count; i++) {
      Memory.setFloat(address + 4L * i, (float) (2 * random.nextDouble() - 1));
    }
    return address;
  }

  /** Cached rows, and which of them are looked at: the first, or chosen ones. */
  private static final class Rows {
    private final int size;
    private final long address;
    private final long chosen;

    private Rows(Arena arena, int size, int count, boolean choose, long seed) {
      this.size = size;
      SplittableRandom random = new SplittableRandom(seed);
      this.address = arena.allocate(2L * POSITIONS * size, 64).address();
      for (int i = 0; i < POSITIONS * size; i++) {
        Memory.setShort(address + 2L * i, BFloat16.fromFloat((float) (2 * random.nextDouble() - 1)));
      }
      this.chosen = choose ? arena.allocate(4L * count, 64).address() : 0;
      for (int j = 0; choose && j < count; j++) {
        Memory.setInt(chosen + 4L * j, random.nextInt(POSITIONS));
      }
    }

    private float element(int row, int column) {
      int position = chosen == 0 ? row : Memory.getInt(chosen + 4L * row);
      return Memory.getBf16(address + 2L * ((long) position * size + column));
    }
  }
}
