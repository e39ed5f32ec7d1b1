package org.terraformer.domain.training.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.terraformer.domain.evaluation.TokenMetrics;
import org.terraformer.ports.failure.InvalidInputException;

class WeightedCrossEntropyTest {

  /** Random logits, targets and weights; the first row always counts and the second never does. */
  private static final class Batch {
    final int rows;
    final int vocabulary;
    final float[] logits;
    final int[] targets;
    final float[] weights;

    Batch(int rows, int vocabulary, long seed) {
      Random random = new Random(seed);
      this.rows = rows;
      this.vocabulary = vocabulary;
      logits = new float[rows * vocabulary];
      for (int i = 0; i < logits.length; i++) {
        logits[i] = (float) random.nextGaussian(0, 2);
      }
      targets = random.ints(rows, 0, vocabulary).toArray();
      weights = new float[rows];
      for (int i = 0; i < rows; i++) {
        weights[i] = i == 0 ? 1 : i == 1 ? 0 : random.nextFloat(2);
      }
    }

    double loss(double smoothing) {
      return new TokenMetrics(logits, targets, weights, rows, vocabulary).crossEntropy(smoothing);
    }
  }

  @Property(tries = 60)
  void theLossIsTheMetricAndTheGradientItsFiniteDifferences(@ForAll @IntRange(min = 1, max = 5) int rows,
      @ForAll @IntRange(min = 1, max = 9) int vocabulary, @ForAll @DoubleRange(max = 0.5) double smoothing, @ForAll long seed) {
    Batch batch = new Batch(rows, vocabulary, seed);
    float[] gradient = new float[batch.logits.length];
    double loss = new WeightedCrossEntropy(smoothing).lossAndGradient(batch.logits, batch.targets, batch.weights, vocabulary, gradient);
    assertThat(loss).isCloseTo(batch.loss(smoothing), within(1e-5));
    for (int i = 0; i < gradient.length; i++) {
      float logit = batch.logits[i];
      batch.logits[i] = logit + 0.01f;
      double above = batch.loss(smoothing);
      float step = batch.logits[i];
      batch.logits[i] = logit - 0.01f;
      double slope = (above - batch.loss(smoothing)) / ((double) step - batch.logits[i]);
      batch.logits[i] = logit;
      assertThat((double) gradient[i]).as("gradient %d", i).isCloseTo(slope, within(1e-4));
    }
  }

  @Property(tries = 40)
  void rangesOfRowsInPlaceGiveTheGradientOfTheWhole(@ForAll @IntRange(min = 1, max = 20) int rows, @ForAll @IntRange(max = 20) int cut, @ForAll long seed) {
    Batch batch = new Batch(rows, 30, seed);
    WeightedCrossEntropy loss = new WeightedCrossEntropy(0.1);
    float[] whole = new float[batch.logits.length];
    double value = loss.lossAndGradient(batch.logits, batch.targets, batch.weights, 30, whole);
    double total = WeightedCrossEntropy.totalWeight(batch.weights);
    int middle = Math.min(cut, rows);
    double sum = loss.lossAndGradient(batch.logits, batch.targets, batch.weights, 30, total, middle, rows, batch.logits)
        + loss.lossAndGradient(batch.logits, batch.targets, batch.weights, 30, total, 0, middle, batch.logits);
    assertThat(batch.logits).isEqualTo(whole);
    assertThat(sum).isCloseTo(value, within(1e-12));
  }

  @Example
  void maskedRowsAreNotLookedAt() {
    float[] logits = {1, 2, Float.NaN, Float.NaN};
    float[] gradient = {9, 9, 9, 9};
    double loss = new WeightedCrossEntropy(0).lossAndGradient(logits, new int[] {1, -1}, new float[] {3, 0}, 2, gradient);
    assertThat(loss).isCloseTo(Math.log(1 + Math.exp(-1)), within(1e-7));
    assertThat(gradient[0]).isCloseTo((float) (1 / (1 + Math.E)), within(1e-6f));
    assertThat(gradient[1]).isCloseTo(-gradient[0], within(1e-6f));
    assertThat(gradient).endsWith(0, 0);
  }

  @Example
  void hugeLogitsStayFinite() {
    float[] gradient = new float[2];
    double loss = new WeightedCrossEntropy(0).lossAndGradient(new float[] {-3e38f, 3e38f}, new int[] {1}, new float[] {1}, 2, gradient);
    assertThat(loss).isZero();
    assertThat(gradient).containsExactly(0, 0);
  }

  @Example
  void whatDoesNotFitIsRefused() {
    WeightedCrossEntropy loss = new WeightedCrossEntropy(0);
    float[] two = new float[2];
    assertThatThrownBy(() -> new WeightedCrossEntropy(1.5)).isInstanceOf(InvalidInputException.class)
        .hasMessage("The label smoothing is 1.5 but must be from 0 to 1.");
    assertThatThrownBy(() -> loss.lossAndGradient(two, new int[] {2}, new float[] {1}, 2, two))
        .isInstanceOf(InvalidInputException.class).hasMessage("The target id 2 is not in 0 to 1.");
    assertThatThrownBy(() -> loss.lossAndGradient(two, new int[] {1}, new float[] {0}, 2, two))
        .isInstanceOf(InvalidInputException.class).hasMessage("All 1 loss weights are 0, so there is nothing to learn from.");
    assertThatThrownBy(() -> loss.lossAndGradient(two, new int[] {1}, new float[] {-1}, 2, two))
        .isInstanceOf(InvalidInputException.class).hasMessage("A loss weight is -1.0 but must be 0 or a positive number.");
    assertThatThrownBy(() -> loss.lossAndGradient(two, new int[] {1}, new float[] {1}, 3, two))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("do not fit together");
  }
}
