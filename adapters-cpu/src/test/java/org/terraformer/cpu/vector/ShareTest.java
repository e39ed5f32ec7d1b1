package org.terraformer.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class ShareTest {

  @Property
  void sharesFollowEachOtherFromTheFirstItemToTheLast(@ForAll @IntRange(max = 5000) int items, @ForAll @IntRange(min = 1, max = 64) int unit,
      @ForAll @IntRange(min = 1, max = 70) int shares) {
    int end = 0;
    for (int share = 0; share < shares; share++) {
      assertThat(Share.from(items, unit, share, shares)).isEqualTo(end);
      end = Share.to(items, unit, share, shares);
      assertThat(end == items || end % unit == 0).as("a share ends at whole units or at the last item").isTrue();
    }
    assertThat(end).isEqualTo(items);
  }

  @Property
  void aWorkerHasSomeShares(@ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 2) long work, @ForAll @LongRange(min = 1, max = 1 << 20) long least,
      @ForAll @IntRange(min = 2, max = 64) int workers) {
    int shares = Share.perWorker(work, least, workers);
    assertThat(shares).isBetween(1, 8);
    assertThat(shares == 1 || work / workers / shares >= least).as("no share is smaller than it is worth").isTrue();
  }
}
