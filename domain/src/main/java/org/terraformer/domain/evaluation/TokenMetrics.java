package org.terraformer.domain.evaluation;

import org.terraformer.ports.failure.InvalidInputException;

/**
 * How well logits predict target tokens, over a batch of sequences. Logits are [sequences, length, vocabulary] row-major, targets
 * and weights [sequences, length]; a token of weight 0 does not count. The definitions are those of trax's metrics.
 */
public final class TokenMetrics {
  private final float[] logits;
  private final int[] targets;
  private final float[] weights;
  private final int length;
  private final int vocabulary;

  /**
   * @param length tokens of each sequence
   * @throws InvalidInputException if the sizes do not fit, a target is not in the vocabulary, a logit is NaN, a weight is not a
   *     number from 0, or no token counts
   */
  public TokenMetrics(float[] logits, int[] targets, float[] weights, int length, int vocabulary) {
    if (length < 1 || targets.length % length != 0 || targets.length != weights.length
        || (long) targets.length * vocabulary != logits.length) {
      throw InvalidInputException.of("%d logits of vocabulary %d, %d targets, %d weights and length %d do not fit together.",
          logits.length, vocabulary, targets.length, weights.length, length);
    }
    for (int target : targets) {
      if (target < 0 || target >= vocabulary) {
        throw InvalidInputException.of("The target id %d is not in 0 to %d.", target, vocabulary - 1);
      }
    }
    for (int i = 0; i < logits.length; i++) {
      if (Float.isNaN(logits[i])) {
        throw InvalidInputException.of("The logit of token %d at position %d is NaN, so the model's weights or inputs are broken.",
            i % vocabulary, i / vocabulary);
      }
    }
    double total = 0;
    for (float weight : weights) {
      if (!(weight >= 0 && weight < Float.POSITIVE_INFINITY)) {
        throw InvalidInputException.of("The weight of a token is %s but must be a number from 0.", weight);
      }
      total += weight;
    }
    if (total == 0) {
      throw new InvalidInputException("The weights of all tokens are 0; at least one token must count.");
    }
    this.logits = logits;
    this.targets = targets;
    this.weights = weights;
    this.length = length;
    this.vocabulary = vocabulary;
  }

  /**
   * The weighted mean of the cross entropy, {@code sum(w * H) / sum(w)}, in nats. With label smoothing s the target distribution
   * gives {@code 1 - s} to the target and shares s among all ids.
   *
   * @throws InvalidInputException if the label smoothing is not from 0 to 1
   */
  public double crossEntropy(double labelSmoothing) {
    if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
      throw InvalidInputException.of("The label smoothing is %s but must be from 0 to 1.", labelSmoothing);
    }
    double sum = 0;
    double total = 0;
    for (int row = 0; row < targets.length; row++) {
      double normaliser = logSumExp(row);
      double targetLoss = normaliser - logits[row * vocabulary + targets[row]];
      double loss = labelSmoothing == 0
          ? targetLoss
          : (1 - labelSmoothing) * targetLoss + labelSmoothing * (normaliser - meanLogit(row));
      sum += weights[row] * loss;
      total += weights[row];
    }
    return sum / total;
  }

  /** The weighted share of tokens whose largest logit, the first of equal ones, is the target's. */
  public double accuracy() {
    double right = 0;
    double total = 0;
    for (int row = 0; row < targets.length; row++) {
      right += argmax(row) == targets[row] ? weights[row] : 0;
      total += weights[row];
    }
    return right / total;
  }

  /** The share of sequences in which every token that counts is right. */
  public double sequenceAccuracy() {
    int right = 0;
    for (int start = 0; start < targets.length; start += length) {
      boolean all = true;
      for (int row = start; row < start + length; row++) {
        all &= weights[row] == 0 || argmax(row) == targets[row];
      }
      right += all ? 1 : 0;
    }
    return right / (double) (targets.length / length);
  }

  private double logSumExp(int row) {
    int start = row * vocabulary;
    double max = logits[start + argmax(row)];
    double sum = 0;
    for (int i = start; i < start + vocabulary; i++) {
      sum += Math.exp(logits[i] - max);
    }
    return max + Math.log(sum);
  }

  private double meanLogit(int row) {
    double sum = 0;
    for (int i = row * vocabulary; i < (row + 1) * vocabulary; i++) {
      sum += logits[i];
    }
    return sum / vocabulary;
  }

  private int argmax(int row) {
    int best = 0;
    for (int i = 1; i < vocabulary; i++) {
      if (logits[row * vocabulary + i] > logits[row * vocabulary + best]) {
        best = i;
      }
    }
    return best;
  }
}
