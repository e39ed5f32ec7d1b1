package org.terraformer.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ExponentialTest {

  @Property(tries = 200)
  void theDifferencesFromTheLargestAreExponentiatedAndAddedUp(@ForAll @IntRange(min = 1, max = 100) int count, @ForAll boolean inPlace,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float largest = (float) (20 * random.nextDouble() - 10);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocate(4L * (count + Species.LANES), 64);
      double[] expected = new double[count];
      double total = 0;
      for (int i = 0; i < count; i++) {
        float value = (float) (largest - 86 * random.nextDouble() * random.nextDouble());
        x.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
        expected[i] = Math.exp((double) (value - largest));
        total += expected[i];
      }
      MemorySegment y = inPlace ? x : arena.allocate(4L * (count + Species.LANES), 64);
      float sum = Exponential.ofDifferences(x.address(), y.address(), count, largest);
      for (int i = 0; i < count; i++) {
        assertThat((double) y.getAtIndex(ValueLayout.JAVA_FLOAT, i)).isCloseTo(expected[i], within(2e-7 * expected[i]));
      }
      assertThat((double) sum).isCloseTo(total, within(1e-6 * total));
    }
  }

  @Property(tries = 20)
  void whatIsFarBelowTheLargestBecomesNextToNothing(@ForAll @IntRange(min = 88, max = 1_000_000) int below) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocate(4L * (1 + Species.LANES), 64);
      x.setAtIndex(ValueLayout.JAVA_FLOAT, 0, -below);
      assertThat(Exponential.ofDifferences(x.address(), x.address(), 1, 0)).isBetween(0f, 1e-37f);
    }
  }
}
