package org.terraformer.domain.random;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Numbers that Python's {@code random.Random} gives. */
class MersenneTwisterTest {

  @Test
  void theSeed42GivesThePermutationOfPython() {
    assertThat(new MersenneTwister(42).permutation(10)).containsExactly(7, 3, 2, 8, 5, 6, 9, 4, 0, 1);
  }

  @Test
  void numbersBelowABoundAreThoseOfPython() {
    MersenneTwister random = new MersenneTwister(42);
    assertThat(new int[] {random.nextInt(100), random.nextInt(100), random.nextInt(1), random.nextInt(1 << 30)}).containsExactly(81, 14, 0, 590620971);
  }
}
