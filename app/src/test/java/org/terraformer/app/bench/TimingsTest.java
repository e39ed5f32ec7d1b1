package org.terraformer.app.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimingsTest {

  @Test
  void theMedianOfAnEvenNumberLiesBetweenTheMiddleTwo() {
    assertThat(timings(4, 1, 3, 2).median()).isEqualTo(2.5);
  }

  @Test
  void theSpreadIsTheMiddleHalfAsAPartOfTheMedian() {
    assertThat(timings(1, 2, 3, 4, 5).spread()).isEqualTo(2.0 / 3);
  }

  @Test
  void oneOutlierDoesNotMoveTheMedian() {
    assertThat(timings(1, 1, 1, 1000, 1).median()).isEqualTo(1);
  }

  private static Timings timings(double... seconds) {
    Timings timings = new Timings(seconds.length);
    for (double one : seconds) {
      timings.add(one);
    }
    return timings;
  }
}
