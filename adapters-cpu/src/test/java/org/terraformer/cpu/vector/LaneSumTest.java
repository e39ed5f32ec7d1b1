package org.terraformer.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LaneSumTest {
  private static final int VECTORS = 4;

  @Test
  void theSumsOfFourVectorsTogetherHaveTheBitsOfEachByItself() {
    SplittableRandom random = new SplittableRandom(1);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment vectors = arena.allocate(VECTORS * Species.BYTES_OF_LANES, 64);
      MemorySegment together = arena.allocate(4L * VECTORS, 64);
      MemorySegment alone = arena.allocate(4L * VECTORS, 64);
      for (int i = 0; i < 1000; i++) {
        for (int lane = 0; lane < VECTORS * Species.LANES; lane++) {
          vectors.setAtIndex(ValueLayout.JAVA_FLOAT, lane, (float) (random.nextDouble() - 0.5));
        }
        LaneSum.storeSome(vectors.address(), VECTORS, alone.address());
        LaneSum.store(vectors.address(), together.address(), 4);
        assertThat(together.toArray(ValueLayout.JAVA_INT)).isEqualTo(alone.toArray(ValueLayout.JAVA_INT));
      }
    }
  }

  @Test
  void theSumsOfASquareHaveTheBitsOfEachByItself() {
    int size = Species.LANES;
    SplittableRandom random = new SplittableRandom(2);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment vectors = arena.allocate(size * Species.BYTES_OF_LANES, 64);
      MemorySegment together = arena.allocate(4L * size, 64);
      MemorySegment alone = arena.allocate(4L * size, 64);
      for (int i = 0; i < 1000; i++) {
        for (int lane = 0; lane < size * size; lane++) {
          vectors.setAtIndex(ValueLayout.JAVA_FLOAT, lane, (float) (random.nextDouble() - 0.5));
        }
        LaneSum.storeSome(vectors.address(), size, alone.address());
        LaneSum.storeSquare(vectors.address(), together.address());
        assertThat(together.toArray(ValueLayout.JAVA_INT)).isEqualTo(alone.toArray(ValueLayout.JAVA_INT));
      }
    }
  }

  @Test
  void theSumIsThatOfAllLanes() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment vectors = arena.allocate(VECTORS * Species.BYTES_OF_LANES, 64);
      MemorySegment sums = arena.allocate(4L * VECTORS, 64);
      for (int lane = 0; lane < VECTORS * Species.LANES; lane++) {
        vectors.setAtIndex(ValueLayout.JAVA_FLOAT, lane, lane);
      }
      LaneSum.store(vectors.address(), sums.address(), 4);
      int n = Species.LANES;
      for (int vector = 0; vector < VECTORS; vector++) {
        assertThat(sums.getAtIndex(ValueLayout.JAVA_FLOAT, vector)).isEqualTo(n * n * vector + n * (n - 1) / 2);
      }
    }
  }
}
