package org.terraformer.domain.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.terraformer.ports.failure.InvalidInputException;

class TokenMetricsTest {
  private static final Offset<Double> CLOSE = within(1e-6);

  /** Two sequences of two tokens; the probabilities are (1/2, 1/4, 1/4), (1/4, 1/2, 1/4), (1/4, 1/4, 1/2), (1/2, 1/4, 1/4). */
  private static final float[] LOGITS = logs(2, 1, 1, 1, 2, 1, 1, 1, 2, 2, 1, 1);

  private static float[] logs(float... odds) {
    for (int i = 0; i < odds.length; i++) {
      odds[i] = (float) Math.log(odds[i]);
    }
    return odds;
  }

  private static TokenMetrics metrics(int[] targets, float... weights) {
    return new TokenMetrics(LOGITS, targets, weights, 2, 3);
  }

  @Test
  void theCrossEntropyIsTheMeanOfMinusTheLogProbabilities() {
    assertThat(metrics(new int[] {0, 1, 2, 0}, 1, 1, 1, 1).crossEntropy(0)).isCloseTo(Math.log(2), CLOSE);
    assertThat(metrics(new int[] {0, 0, 0, 0}, 1, 1, 1, 1).crossEntropy(0)).isCloseTo(Math.log(2) * 6 / 4, CLOSE);
  }

  @Test
  void tokensCountByTheirWeights() {
    TokenMetrics metrics = metrics(new int[] {0, 0, 0, 0}, 3, 1, 0, 0);
    assertThat(metrics.crossEntropy(0)).isCloseTo((3 * Math.log(2) + Math.log(4)) / 4, CLOSE);
    assertThat(metrics.accuracy()).isCloseTo(0.75, CLOSE);
  }

  @Test
  void labelSmoothingSharesAPartAmongAllIds() {
    TokenMetrics metrics = metrics(new int[] {0, 1, 2, 0}, 1, 1, 1, 1);
    double all = (Math.log(2) + 2 * Math.log(4)) / 3;
    assertThat(metrics.crossEntropy(0.1)).isCloseTo(0.9 * Math.log(2) + 0.1 * all, CLOSE);
    assertThat(metrics.crossEntropy(1)).isCloseTo(all, CLOSE);
  }

  @Test
  void theAccuracyTakesTheFirstOfEqualLogits() {
    TokenMetrics metrics = new TokenMetrics(new float[] {1, 1, 0, 0, 2, 2}, new int[] {0, 2}, new float[] {1, 1}, 1, 3);
    assertThat(metrics.accuracy()).isEqualTo(0.5);
  }

  @Test
  void aSequenceIsRightIfEveryTokenThatCountsIs() {
    assertThat(metrics(new int[] {0, 1, 2, 1}, 1, 1, 1, 1).sequenceAccuracy()).isEqualTo(0.5);
    assertThat(metrics(new int[] {0, 1, 2, 1}, 1, 1, 1, 0).sequenceAccuracy()).isEqualTo(1);
    assertThat(metrics(new int[] {1, 1, 1, 1}, 1, 1, 1, 1).sequenceAccuracy()).isZero();
  }

  @Test
  void largeLogitsDoNotOverflow() {
    TokenMetrics metrics = new TokenMetrics(new float[] {3e38f, -3e38f}, new int[] {0}, new float[] {1}, 1, 2);
    assertThat(metrics.crossEntropy(0)).isZero();
  }

  @Test
  void whatDoesNotFitTogetherIsRefused() {
    refused(LOGITS, new int[] {0, 1, 2}, new float[3], 2,
        "12 logits of vocabulary 3, 3 targets, 3 weights and length 2 do not fit together.");
    refused(LOGITS, new int[4], new float[4], 0,
        "12 logits of vocabulary 3, 4 targets, 4 weights and length 0 do not fit together.");
    refused(LOGITS, new int[] {0, 1, 2, 3}, new float[4], 2, "The target id 3 is not in 0 to 2.");
    refused(LOGITS, new int[4], new float[4], 2, "The weights of all tokens are 0; at least one token must count.");
    refused(LOGITS, new int[4], new float[] {1, -1, 1, 1}, 2, "The weight of a token is -1.0 but must be a number from 0.");
    refused(new float[] {0, 0, 0, 0, Float.NaN, 0}, new int[2], new float[] {1, 1}, 1,
        "The logit of token 1 at position 1 is NaN, so the model's weights or inputs are broken.");
    assertThatThrownBy(() -> metrics(new int[4], 1, 1, 1, 1).crossEntropy(1.5)).isInstanceOf(InvalidInputException.class)
        .hasMessage("The label smoothing is 1.5 but must be from 0 to 1.");
  }

  private static void refused(float[] logits, int[] targets, float[] weights, int length, String sentence) {
    assertThatThrownBy(() -> new TokenMetrics(logits, targets, weights, length, 3))
        .isInstanceOf(InvalidInputException.class).hasMessage(sentence);
  }
}
