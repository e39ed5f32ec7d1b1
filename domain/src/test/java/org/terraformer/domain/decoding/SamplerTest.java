package org.terraformer.domain.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.terraformer.domain.random.SplitMix64;
import org.terraformer.ports.failure.InvalidInputException;

class SamplerTest {
  private static final int DRAWS = 40_000;
  /** Probabilities 0.4, 0.3, 0.2, 0.1, out of order. */
  private static final float[] FOUR = logs(0.2, 0.4, 0.1, 0.3);

  @Test
  void greedyTakesTheLowestOfEquallyLikelyIds() {
    assertThat(choose(Sampling.GREEDY, new float[] {1, 3, 2, 3}, 0)).isEqualTo(1);
    assertThat(choose(new Sampling(1, 1, 1, 0, 1), new float[] {1, 3, 2, 3}, 0)).as("top-k of 1").isEqualTo(1);
    assertThat(choose(Sampling.GREEDY, new float[] {-0f, 0f}, 0)).isZero();
  }

  @Test
  void withoutFiltersAnIdIsDrawnByItsProbability() {
    assertDrawn(new Sampling(1, 0, 1, 0, 1), FOUR, 0.2, 0.4, 0.1, 0.3);
  }

  @Test
  void theTemperatureIsTheRootOfTheProbabilities() {
    assertDrawn(new Sampling(0.5, 0, 1, 0, 1), FOUR, 0.04 / 0.3, 0.16 / 0.3, 0.01 / 0.3, 0.09 / 0.3);
  }

  @Test
  void topKKeepsTheMostLikely() {
    assertDrawn(new Sampling(1, 2, 1, 0, 1), FOUR, 0, 0.4 / 0.7, 0, 0.3 / 0.7);
    assertDrawn(new Sampling(1, 4, 1, 0, 1), FOUR, 0.2, 0.4, 0.1, 0.3);
    assertDrawn(new Sampling(1, 1_000_000, 1, 0, 1), FOUR, 0.2, 0.4, 0.1, 0.3);
  }

  @Test
  void topKTakesTheLowerOfEquallyLikelyIds() {
    assertDrawn(new Sampling(1, 2, 1, 0, 1), new float[] {0, 1, 0, 0}, 1 / (1 + Math.E), Math.E / (1 + Math.E), 0, 0);
  }

  @Test
  void topPKeepsTheFewestThatReachIt() {
    assertDrawn(new Sampling(1, 0, 0.65, 0, 1), FOUR, 0, 0.4 / 0.7, 0, 0.3 / 0.7);
    assertDrawn(new Sampling(1, 0, 0.75, 0, 1), FOUR, 0.2 / 0.9, 0.4 / 0.9, 0, 0.3 / 0.9);
    assertDrawn(new Sampling(1, 0, 1e-9, 0, 1), FOUR, 0, 1, 0, 0);
  }

  @Test
  void minPIsRelativeToTheMostLikely() {
    assertDrawn(new Sampling(1, 0, 1, 0.6, 1), FOUR, 0, 0.4 / 0.7, 0, 0.3 / 0.7);
    assertDrawn(new Sampling(1, 0, 1, 0.4, 1), FOUR, 0.2 / 0.9, 0.4 / 0.9, 0, 0.3 / 0.9);
    assertDrawn(new Sampling(1, 0, 1, 1, 1), new float[] {2, 5, 5, 1}, 0, 0.5, 0.5, 0);
  }

  @Test
  void topPIsOfWhatTopKLeaves() {
    // Of 0.4 and 0.3 the first alone is 0.571, so 0.57 needs only it; of all four it would need both.
    assertDrawn(new Sampling(1, 2, 0.57, 0, 1), FOUR, 0, 1, 0, 0);
    assertDrawn(new Sampling(1, 3, 0.75, 0, 1), FOUR, 0, 0.4 / 0.7, 0, 0.3 / 0.7);
  }

  @Test
  void theFiltersSeeProbabilitiesAtTheTemperature() {
    // At half the temperature 0.3 is 0.5625 times as likely as 0.4, not 0.75 times.
    assertDrawn(new Sampling(0.5, 0, 1, 0.6, 1), FOUR, 0, 1, 0, 0);
    assertDrawn(new Sampling(0.5, 3, 0.99, 0.5, 1), FOUR, 0, 0.64, 0, 0.36);
  }

  @Test
  void theRepetitionPenaltyDividesPositiveAndMultipliesNegativeLogitsOfSeenIds() {
    Sampling penalised = new Sampling(0, 0, 1, 0, 2);
    assertThat(choose(penalised, new float[] {3, 2}, 0)).as("3 / 2 < 2").isEqualTo(1);
    assertThat(choose(penalised, new float[] {4.5f, 2}, 0)).as("4.5 / 2 > 2").isZero();
    assertThat(choose(penalised, new float[] {-1, -1.5f}, 0)).as("-1 * 2 < -1.5").isEqualTo(1);
    assertThat(choose(penalised, new float[] {3, 2}, 1)).as("only seen ids").isZero();
    assertThat(choose(new Sampling(0, 0, 1, 0, 0.5), new float[] {2, 3}, 0)).as("2 / 0.5 > 3").isZero();
    double[] odds = {Math.exp(0.5), Math.exp(-2), 1};
    double sum = odds[0] + odds[1] + odds[2];
    assertDrawn(new Sampling(1, 0, 1, 0, 2), new float[] {1, -1, 0}, new boolean[] {true, true, true},
        odds[0] / sum, odds[1] / sum, odds[2] / sum);
  }

  @Property(tries = 500)
  void noFilterLetsAnImpossibleIdThrough(@ForAll long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    float[] logits = new float[1 + random.nextInt(12)];
    for (int id = 0; id < logits.length; id++) {
      logits[id] = random.nextBoolean() ? Float.NEGATIVE_INFINITY : (float) random.nextGaussian() * 1000;
    }
    logits[random.nextInt(logits.length)] = 0;
    Sampling sampling = new Sampling(
        random.nextInt(3) * 0.7, random.nextInt(14), random.nextBoolean() ? 1 : 1 - random.nextDouble(),
        random.nextBoolean() ? 0 : random.nextDouble(), 1 + random.nextInt(2));
    Sampler sampler = new Sampler(sampling, logits.length);
    SplitMix64 draws = new SplitMix64(seed, 0);
    for (int i = 0; i < 20; i++) {
      assertThat(logits[sampler.choose(logits, 0, new boolean[logits.length], draws)]).isGreaterThan(Float.NEGATIVE_INFINITY);
    }
  }

  @Property(tries = 300)
  void theFiltersKeepWhatTheirDefinitionsKeep(@ForAll long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    float[] logits = new float[2 + random.nextInt(30)];
    for (int id = 0; id < logits.length; id++) {
      logits[id] = random.nextInt(8) / 2f;
    }
    Sampling sampling = new Sampling(
        0.5 + random.nextDouble(), random.nextInt(logits.length + 2), 0.05 + 0.9 * random.nextDouble(),
        random.nextBoolean() ? 0 : random.nextDouble(), 1);
    double[] probabilities = byDefinition(logits, sampling);
    Sampler sampler = new Sampler(sampling, logits.length);
    SplitMix64 draws = new SplitMix64(seed, 0);
    int[] drawn = new int[logits.length];
    for (int i = 0; i < 3000; i++) {
      drawn[sampler.choose(logits, 0, new boolean[logits.length], draws)]++;
    }
    for (int id = 0; id < logits.length; id++) {
      double expected = 3000 * probabilities[id];
      assertThat((double) drawn[id]).as("draws of %d from %s by %s", id, Arrays.toString(logits), sampling)
          .isBetween(expected - 6 * Math.sqrt(expected), expected + 6 * Math.sqrt(expected + Math.signum(expected)));
    }
  }

  /** The probabilities that the filters leave, by sorting everything. */
  private static double[] byDefinition(float[] logits, Sampling sampling) {
    Integer[] order = new Integer[logits.length];
    Arrays.setAll(order, id -> id);
    Arrays.sort(order, (a, b) -> Float.compare(logits[b], logits[a]));
    int count = sampling.topK() == 0 ? order.length : Math.min(order.length, sampling.topK());
    double[] weights = new double[logits.length];
    double total = 0;
    for (int rank = 0; rank < count; rank++) {
      weights[order[rank]] = Math.exp(logits[order[rank]] / sampling.temperature());
      total += weights[order[rank]];
    }
    double largest = weights[order[0]];
    double mass = 0;
    double kept = 0;
    for (int rank = 0; rank < count; rank++) {
      double weight = weights[order[rank]];
      if (mass >= sampling.topP() * total || weight < sampling.minP() * largest) {
        weights[order[rank]] = 0;
      }
      mass += weight;
      kept += weights[order[rank]];
    }
    for (int id = 0; id < weights.length; id++) {
      weights[id] /= kept;
    }
    return weights;
  }

  @Test
  void idsAreDrawnInTheOrderOfIdsSoThatRoundingDoesNotChangeTheText() {
    float[] logits = new float[1000];
    RandomGenerator random = new SplittableRandom(3);
    for (int id = 0; id < logits.length; id++) {
      logits[id] = random.nextFloat();
    }
    float[] rounded = logits.clone();
    for (int id = 0; id < logits.length; id++) {
      rounded[id] += (random.nextFloat() - 0.5f) * 1e-5f;
    }
    for (Sampling sampling : List.of(
        new Sampling(1, 0, 1, 0, 1), new Sampling(1, 0, 0.9, 0, 1), new Sampling(1, 500, 1, 0, 1))) {
      SplitMix64 first = new SplitMix64(1, 0);
      SplitMix64 second = new SplitMix64(1, 0);
      Sampler sampler = new Sampler(sampling, logits.length);
      int differing = 0;
      for (int i = 0; i < 1000; i++) {
        int a = sampler.choose(logits, 0, new boolean[1000], first);
        int b = sampler.choose(rounded, 0, new boolean[1000], second);
        differing += a == b ? 0 : 1;
      }
      assertThat(differing).as("of 1000 draws by %s", sampling).isLessThan(10);
    }
  }

  @Test
  void theLogitsOfOneSequenceStartWhereTheCallerSays() {
    float[] logits = {9, 0, 0, 0, 5, 0};
    assertThat(new Sampler(Sampling.GREEDY, 3).choose(logits, 3, new boolean[3], new SplitMix64(0, 0))).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1})
  void logitsThatAreNoNumbersAreRefusedWithTheToken(double temperature) {
    Sampling sampling = new Sampling(temperature, 0, 1, 0, 1);
    assertThatThrownBy(() -> choose(sampling, new float[] {1, Float.NaN}, 0)).isInstanceOf(InvalidInputException.class)
        .hasMessage("The model gave the token 1 the logit NaN, so its weights or inputs are broken.");
    assertThatThrownBy(() -> choose(sampling, new float[] {Float.POSITIVE_INFINITY, 1}, 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("The model gave the token 0 the logit Infinity, so its weights or inputs are broken.");
    assertThatThrownBy(() -> choose(sampling, new float[] {Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY}, 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("The model gave every token the logit -Infinity, so its weights or inputs are broken.");
  }

  @Test
  void aMinuteTemperatureIsGreedy() {
    assertThat(choose(new Sampling(Double.MIN_VALUE, 0, 1, 0, 1), new float[] {1, 1.0001f}, 0)).isEqualTo(1);
  }

  @Test
  void choosingAllocatesNothing() {
    float[] logits = new float[32_000];
    RandomGenerator random = new SplittableRandom(1);
    for (int id = 0; id < logits.length; id++) {
      logits[id] = (float) (4 * random.nextGaussian());
    }
    boolean[] seen = new boolean[logits.length];
    SplitMix64 draws = new SplitMix64(0, 0);
    List<Sampler> samplers = Stream.of(Sampling.GREEDY, new Sampling(1, 0, 1, 0.05, 1.1), new Sampling(0.8, 40, 0.95, 0.05, 1.1),
        new Sampling(1, 0, 0.95, 0, 1)).map(sampling -> new Sampler(sampling, logits.length)).toList();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = 0;
    for (int round = 0; round < 150; round++) {
      if (round == 50) {
        before = threads.getCurrentThreadAllocatedBytes();
      }
      for (int i = 0; i < samplers.size(); i++) {
        samplers.get(i).choose(logits, 0, seen, draws);
      }
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).as("bytes for 400 tokens").isLessThan(1024);
  }

  /** Greedy or one draw, with one id seen. */
  private static int choose(Sampling sampling, float[] logits, int seenId) {
    boolean[] seen = new boolean[logits.length];
    seen[seenId] = true;
    return new Sampler(sampling, logits.length).choose(logits, 0, seen, new SplitMix64(0, 0));
  }

  private static void assertDrawn(Sampling sampling, float[] logits, double... probabilities) {
    assertDrawn(sampling, logits, new boolean[logits.length], probabilities);
  }

  /** Draws often and compares the counts with what the probabilities let expect. */
  private static void assertDrawn(Sampling sampling, float[] logits, boolean[] seen, double... probabilities) {
    Sampler sampler = new Sampler(sampling, logits.length);
    SplitMix64 random = new SplitMix64(2025, 0);
    int[] counts = new int[logits.length];
    for (int i = 0; i < DRAWS; i++) {
      counts[sampler.choose(logits, 0, seen, random)]++;
    }
    double chiSquare = 0;
    for (int id = 0; id < counts.length; id++) {
      if (probabilities[id] == 0) {
        assertThat(counts[id]).as("draws of %d", id).isZero();
      } else {
        chiSquare += Math.pow(counts[id] - DRAWS * probabilities[id], 2) / (DRAWS * probabilities[id]);
      }
    }
    assertThat(chiSquare).as("chi-square of %s; with 3 degrees of freedom 16.3 is reached once in 1000", Arrays.toString(counts))
        .isLessThan(16.3);
  }

  private static float[] logs(double... probabilities) {
    float[] logits = new float[probabilities.length];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) Math.log(probabilities[i]);
    }
    return logits;
  }
}
