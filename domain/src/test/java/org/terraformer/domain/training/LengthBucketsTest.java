package org.terraformer.domain.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.terraformer.ports.failure.InvalidInputException;

class LengthBucketsTest {

  @Property(tries = 100)
  void aRoundShowsNoExampleTwiceAndLeavesOutLessThanABatch(@ForAll @IntRange(min = 1, max = 60) int count,
      @ForAll @IntRange(min = 1, max = 8) int batch, @ForAll long seed, @ForAll @IntRange(min = 0, max = 5) int round) {
    int examples = Math.max(count, batch);
    LengthBuckets buckets = new LengthBuckets(IntStream.range(1, examples + 1).toArray(), batch, seed);
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < buckets.count(); i++) {
      List<Integer> numbers = buckets.batch((long) round * buckets.count() + i);
      assertThat(numbers).hasSize(batch).allMatch(number -> number >= 0 && number < examples);
      seen.addAll(numbers);
    }
    assertThat(seen).hasSize(buckets.count() * batch).hasSizeGreaterThan(examples - batch);
  }

  @Property(tries = 50)
  void whatIsInABatchDoesNotDependOnWhatCameBefore(@ForAll long seed, @ForAll @IntRange(min = 0, max = 100) int place) {
    int[] lengths = IntStream.range(0, 23).map(i -> 1 + i * i % 17).toArray();
    LengthBuckets all = new LengthBuckets(lengths, 4, seed);
    for (int i = 0; i < place; i++) {
      all.batch(i);
    }
    assertThat(new LengthBuckets(lengths, 4, seed).batch(place)).isEqualTo(all.batch(place));
  }

  @Test
  void mostBatchesHaveExamplesOfAboutTheSameLength() {
    int[] lengths = IntStream.range(0, 400).map(i -> 1 + i * 7919 % 1000).toArray();
    LengthBuckets buckets = new LengthBuckets(lengths, 8, 3);
    int alike = 0;
    for (int i = 0; i < buckets.count(); i++) {
      int[] found = buckets.batch(i).stream().mapToInt(number -> lengths[number]).sorted().toArray();
      alike += found[7] < 1.25 * found[0] ? 1 : 0;
    }
    assertThat(alike).isGreaterThan(buckets.count() * 2 / 3);
  }

  @Test
  void roundsHaveOrdersAndNeighboursOfTheirOwn() {
    int[] lengths = new int[12];
    Arrays.fill(lengths, 9);
    LengthBuckets buckets = new LengthBuckets(lengths, 3, 1);
    Set<Set<Integer>> batches = new HashSet<>();
    for (int place = 0; place < 16; place++) {
      batches.add(Set.copyOf(buckets.batch(place)));
    }
    assertThat(batches).hasSizeGreaterThan(12);
  }

  @Test
  void tooFewExamplesAreRefused() {
    assertThatThrownBy(() -> new LengthBuckets(new int[] {5, 6}, 3, 0)).isInstanceOf(InvalidInputException.class)
        .hasMessage("There are 2 examples to train on, too few for a batch of 3.");
  }
}
