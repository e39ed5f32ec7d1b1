package org.terraformer.tornado.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ReadRateTest {
  @Test
  void whatALaunchTakesDoesNotCount() {
    // 10 ms to launch, 1 ms to read.
    ReadRate rate = new ReadRate(1_000_000, 5);
    assertThat(rate.bytesPerSecond(new double[] {0.011}, new double[] {0.015})).isCloseTo(1e9, within(1.0));
  }

  @Test
  void oneSlowLaunchOfThreeDoesNotCount() {
    ReadRate rate = new ReadRate(1_000_000, 5);
    assertThat(rate.bytesPerSecond(new double[] {0.011, 7, 0.010}, new double[] {0.015, 0.002, 9})).isCloseTo(1e9, within(1.0));
  }

  @Test
  void whereMoreReadsTookNoLongerTheRateIsALowerBound() {
    assertThat(new ReadRate(1_000, 5).bytesPerSecond(new double[] {2}, new double[] {1})).isEqualTo(5_000);
  }

  @Test
  void aFastDeviceReadsMoreOftenThanASlowOne() {
    assertThat(ReadRate.after(1, 0.001).times()).isEqualTo(51);
    assertThat(ReadRate.after(1, 3).times()).isEqualTo(2);
    assertThat(ReadRate.after(1, 1e-9).times()).isEqualTo(1001);
  }
}
