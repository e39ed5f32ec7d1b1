package org.terraformer.domain.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.terraformer.ports.failure.InvalidInputException;

class BatchTest {

  private static Batch weighing(float... weights) {
    return Batch.of(new int[weights.length], weights.length, 0, weights);
  }

  @Test
  void theSharesOfTheLossAreTheWeightsOverTheirSum() {
    assertThat(weighing(1, 0, 3).shares()).containsExactly(0.25f, 0, 0.75f);
  }

  @Test
  void weightsMustBeNumbersFromZeroOfWhichOneCounts() {
    refused("A loss weight is -1.0 but must be 0 or a positive number.", 1, -1);
    refused("A loss weight is NaN but must be 0 or a positive number.", Float.NaN);
    refused("A loss weight is Infinity but must be 0 or a positive number.", Float.POSITIVE_INFINITY, 1);
    refused("All 2 loss weights are 0, so there is nothing to learn from.", 0, 0);
  }

  private static void refused(String sentence, float... weights) {
    assertThatThrownBy(() -> weighing(weights).shares()).isInstanceOf(InvalidInputException.class).hasMessage(sentence);
  }
}
