package org.terraformer.domain.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.terraformer.domain.random.SplitMix64;
import org.terraformer.ports.failure.InvalidInputException;

class SpanCorruptionTest {
  private static final int VOCABULARY = 1000;
  private static final int END = 1;

  private static int[] text(int length) {
    return IntStream.range(2, length + 2).toArray();
  }

  private static TokenPair corrupt(SpanCorruption corruption, int length, long seed) {
    return corruption.corrupt(text(length), VOCABULARY, END, new SplitMix64(seed, 0));
  }

  @Test
  void oneSpanCanOnlyStandAtTheEnd() {
    TokenPair pair = corrupt(new SpanCorruption(0.3, 3), 10, 5);
    assertThat(pair.source()).containsExactly(2, 3, 4, 5, 6, 7, 8, 999, END);
    assertThat(pair.target()).containsExactly(999, 9, 10, 11, END);
  }

  @Test
  void spansOfOneTokenThatAreHalfOfTheTextTakeTurns() {
    TokenPair pair = corrupt(new SpanCorruption(0.5, 1), 6, 5);
    assertThat(pair.source()).containsExactly(2, 999, 4, 998, 6, 997, END);
    assertThat(pair.target()).containsExactly(999, 3, 998, 5, 997, 7, END);
  }

  /** 512 tokens at T5's settings: round(76.8) tokens of noise in round(77 / 3) spans. */
  @Test
  void theNumbersOfTokensAndSpansAreT5s() {
    SpanCorruption usual = new SpanCorruption(0.15, 3);
    assertThat(usual.noise(512)).isEqualTo(77);
    assertThat(usual.spans(512)).isEqualTo(26);
    TokenPair pair = corrupt(usual, 512, 1);
    assertThat(pair.source()).hasSize(512 - 77 + 26 + 1);
    assertThat(pair.target()).hasSize(77 + 26 + 1);
  }

  @Test
  void halvesAreRoundedToEvenAndSomethingIsAlwaysKeptAndLost() {
    assertThat(new SpanCorruption(0.25, 3).noise(10)).isEqualTo(2);
    assertThat(new SpanCorruption(0.25, 3).noise(14)).isEqualTo(4);
    assertThat(new SpanCorruption(0.01, 3).noise(10)).isEqualTo(1);
    assertThat(new SpanCorruption(0.99, 3).noise(10)).isEqualTo(9);
    assertThat(new SpanCorruption(0.9, 1).spans(10)).isEqualTo(1);
  }

  @Property(tries = 300)
  void sourceAndTargetTogetherAreTheText(@ForAll @IntRange(min = 2, max = 200) int length,
      @ForAll @DoubleRange(min = 0.01, max = 0.99) double density, @ForAll @DoubleRange(min = 1, max = 20) double mean,
      @ForAll long seed) {
    SpanCorruption corruption = new SpanCorruption(density, mean);
    TokenPair pair = corrupt(corruption, length, seed);
    int spans = corruption.spans(length);
    assertThat(pair.length()).isEqualTo(length + 2 * spans + 2);
    List<List<Integer>> kept = runs(pair.source());
    List<List<Integer>> lost = runs(pair.target());
    assertThat(kept).hasSize(spans + 1);
    assertThat(kept.getLast()).isEmpty();
    assertThat(lost).hasSize(spans + 1);
    assertThat(lost.getFirst()).isEmpty();
    List<Integer> whole = new ArrayList<>();
    for (int i = 0; i < spans; i++) {
      assertThat(kept.get(i)).isNotEmpty();
      assertThat(lost.get(i + 1)).isNotEmpty();
      whole.addAll(kept.get(i));
      whole.addAll(lost.get(i + 1));
    }
    assertThat(whole).containsExactly(IntStream.range(2, length + 2).boxed()
        .toArray(Integer[]::new));
  }

  /** What stands before, between and behind the sentinels, which count down; the last id is the end. */
  private static List<List<Integer>> runs(int[] ids) {
    assertThat(ids[ids.length - 1]).isEqualTo(END);
    List<List<Integer>> runs = new ArrayList<>(List.of(new ArrayList<>()));
    for (int i = 0; i < ids.length - 1; i++) {
      if (ids[i] == VOCABULARY - runs.size()) {
        runs.add(new ArrayList<>());
      } else {
        runs.getLast().add(ids[i]);
      }
    }
    return runs;
  }

  /** Five items have six partings into three segments. */
  @Test
  void allPartingsAreEquallyLikely() {
    Map<List<Integer>, Integer> counts = new HashMap<>();
    SplitMix64 random = new SplitMix64(7, 0);
    for (int i = 0; i < 6000; i++) {
      counts.merge(IntStream.of(SpanCorruption.segments(5, 3, random)).boxed().toList(), 1, Integer::sum);
    }
    assertThat(counts).hasSize(6);
    assertThat(counts.keySet()).allSatisfy(lengths -> assertThat(lengths.stream().mapToInt(i -> i).sum()).isEqualTo(5));
    assertThat(counts.values()).allSatisfy(count -> assertThat((double) count).isCloseTo(1000, within(150.0)));
  }

  @Test
  void numbersOutOfTheirRangeAreRefused() {
    assertThatThrownBy(() -> new SpanCorruption(0, 3)).isInstanceOf(InvalidInputException.class)
        .hasMessage("The noise density is 0.0 but must be between 0 and 1.");
    assertThatThrownBy(() -> new SpanCorruption(0.15, 0.5)).isInstanceOf(InvalidInputException.class)
        .hasMessage("The mean span length is 0.5 but must be 1 or more.");
  }
}
