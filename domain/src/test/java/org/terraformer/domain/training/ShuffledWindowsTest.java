package org.terraformer.domain.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.text.TokenSequence;

class ShuffledWindowsTest {

  private static TokenSequence counting(int length) {
    return TokenSequence.of(IntStream.range(0, length).toArray());
  }

  private static int first(ShuffledWindows windows, long place, int length) {
    int[] window = new int[length];
    windows.copy(place, window, 0);
    for (int i = 1; i < length; i++) {
      assertThat(window[i]).isEqualTo(window[0] + i);
    }
    return window[0];
  }

  @Property(tries = 50)
  void aRoundShowsEveryWindowOnce(@ForAll @IntRange(min = 1, max = 20) int length, @ForAll @IntRange(min = 0, max = 300) int more,
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 5) int round) {
    ShuffledWindows windows = new ShuffledWindows(counting(length + more), length, seed);
    Set<Integer> starts = new HashSet<>();
    for (int i = 0; i < windows.count(); i++) {
      starts.add(first(windows, (long) round * windows.count() + i, length));
    }
    assertThat(starts).hasSize(windows.count());
    assertThat(starts.stream().map(start -> start % length).distinct()).hasSize(1);
    assertThat((windows.count() + 2) * length).isGreaterThan(length + more);
  }

  @Property(tries = 50)
  void whatComesAtAPlaceDoesNotDependOnWhatCameBefore(@ForAll long seed, @ForAll @IntRange(min = 0, max = 200) int place) {
    ShuffledWindows all = new ShuffledWindows(counting(100), 7, seed);
    int last = 0;
    for (int i = 0; i <= place; i++) {
      last = first(all, i, 7);
    }
    assertThat(first(new ShuffledWindows(counting(100), 7, seed), place, 7)).isEqualTo(last);
  }

  @Test
  void roundsAndSeedsHaveOrdersOfTheirOwn() {
    Set<String> orders = new HashSet<>();
    for (long seed = 0; seed < 4; seed++) {
      ShuffledWindows windows = new ShuffledWindows(counting(200), 5, seed);
      for (int round = 0; round < 4; round++) {
        StringBuilder order = new StringBuilder();
        for (int i = 0; i < windows.count(); i++) {
          order.append(first(windows, (long) round * windows.count() + i, 5)).append(' ');
        }
        orders.add(order.toString());
      }
    }
    assertThat(orders).hasSize(16);
  }

  @Test
  void aTextShorterThanAWindowIsRefused() {
    assertThatThrownBy(() -> new ShuffledWindows(counting(4), 5, 0)).isInstanceOf(InvalidInputException.class)
        .hasMessage("The training text has 4 tokens, too few for one window of 5.");
  }
}
