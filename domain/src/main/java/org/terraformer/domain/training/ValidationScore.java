package org.terraformer.domain.training;

import java.util.OptionalDouble;

/**
 * How well a model did on what it was not trained on.
 *
 * @param tokens that count
 * @param loss their mean, in nats
 * @param bitsPerByte of the text, where it is known how many bytes it has
 * @param accuracy the share of tokens that were the most likely ones, each counted as its loss is
 * @param sequenceAccuracy the share of sequences of which every token that counts was the most likely one, where sequences are examples
 */
public record ValidationScore(long tokens, double loss, OptionalDouble bitsPerByte, double accuracy, OptionalDouble sequenceAccuracy) {

  /** {@code exp} of the loss. */
  public double perplexity() {
    return Math.exp(loss);
  }
}
