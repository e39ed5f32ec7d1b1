package org.terraformer.domain.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SplitMix64Test {

  @Test
  void theFirstNumbersOfASeedAreTheSameEverywhere() {
    SplitMix64 random = new SplitMix64(0, 0);
    // The published generator's first output for the state 0 is 0xE220A8397B1DCDAF; its upper 53 bits make the number.
    assertThat(random.nextDouble()).isEqualTo((0xE220A8397B1DCDAFL >>> 11) * 0x1.0p-53);
    assertThat(random.nextDouble()).isEqualTo((0x6E789E6AA1B965F4L >>> 11) * 0x1.0p-53);
    assertThat(random.nextDouble()).isEqualTo((0x06C45D188009454FL >>> 11) * 0x1.0p-53);
  }

  @Property(tries = 100)
  void everyNumberIsFromZeroToBelowOne(@ForAll long seed, @ForAll int stream) {
    SplitMix64 random = new SplitMix64(seed, stream);
    for (int i = 0; i < 100; i++) {
      assertThat(random.nextDouble()).isGreaterThanOrEqualTo(0).isLessThan(1);
    }
  }

  @Test
  void numbersAreSpreadEvenly() {
    SplitMix64 random = new SplitMix64(42, 0);
    int[] counts = new int[20];
    for (int i = 0; i < 200_000; i++) {
      counts[(int) (20 * random.nextDouble())]++;
    }
    double chiSquare = 0;
    for (int count : counts) {
      chiSquare += Math.pow(count - 10_000, 2) / 10_000;
    }
    assertThat(chiSquare).as("chi-square with 19 degrees of freedom; 43.8 is reached once in 1000").isLessThan(43.8);
  }

  @Test
  void streamsAndSeedsDoNotRepeatEachOther() {
    Set<Double> numbers = new HashSet<>();
    for (int seed = 0; seed < 50; seed++) {
      for (int stream = 0; stream < 50; stream++) {
        SplitMix64 random = new SplitMix64(seed, stream);
        for (int i = 0; i < 10; i++) {
          numbers.add(random.nextDouble());
        }
      }
    }
    assertThat(numbers).hasSize(50 * 50 * 10);
  }

  @Test
  void neighbouringStreamsAreNotCorrelated() {
    double sum = 0;
    for (int stream = 0; stream < 100_000; stream++) {
      sum += (new SplitMix64(7, stream).nextDouble() - 0.5) * (new SplitMix64(7, stream + 1).nextDouble() - 0.5);
    }
    assertThat(12 * sum / 100_000).as("correlation").isCloseTo(0, within(0.015));
  }
}
