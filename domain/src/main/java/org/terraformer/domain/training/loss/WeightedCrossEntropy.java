package org.terraformer.domain.training.loss;

import java.util.Arrays;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * The cross entropy of target tokens with label smoothing, and its gradient: trax's {@code WeightedCategoryCrossEntropy}. For a row of
 * logits z over V ids with p = softmax(z) and the target distribution q, which gives {@code 1 - s} to the target and shares s among all
 * ids, a row's loss is {@code -sum q log p}, in nats; the loss is {@code sum(w * loss) / sum(w)} and its gradient by the logits
 * {@code w / sum(w) * (p - q)}. A row of weight 0 is masked: it adds nothing and its gradient is 0, whatever its logits and target are.
 *
 * @param labelSmoothing s, 0 for none
 */
public record WeightedCrossEntropy(double labelSmoothing) {
  /**
   * @throws InvalidInputException if the smoothing is not from 0 to 1
   */
  public WeightedCrossEntropy {
    if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
      throw InvalidInputException.of("The label smoothing is %s but must be from 0 to 1.", labelSmoothing);
    }
  }

  /**
   * The sum of the weights, to divide by.
   *
   * @throws InvalidInputException if a weight is negative or not finite, or all are 0
   */
  public static double totalWeight(float[] weights) {
    double total = 0;
    for (float weight : weights) {
      if (!(weight >= 0) || weight == Float.POSITIVE_INFINITY) {
        throw InvalidInputException.of("A loss weight is %s but must be 0 or a positive number.", weight);
      }
      total += weight;
    }
    if (total == 0) {
      throw InvalidInputException.of("All %d loss weights are 0, so there is nothing to learn from.", weights.length);
    }
    return total;
  }

  /** The loss of all rows, and its gradient. */
  public double lossAndGradient(float[] logits, int[] targets, float[] weights, int vocabulary, float[] gradient) {
    return lossAndGradient(logits, targets, weights, vocabulary, totalWeight(weights), 0, targets.length, gradient);
  }

  /**
   * What a range of rows adds to the loss, and the gradient by their logits. Ranges may be computed at the same time.
   *
   * @param logits {@code [rows, vocabulary]}, row-major
   * @param targets an id for each row
   * @param weights one for each row
   * @param totalWeight {@link #totalWeight} of all rows
   * @param from the first row
   * @param to the row after the last
   * @param gradient of the logits' size, overwritten in the range of rows; may be the logits themselves
   * @throws InvalidInputException if the sizes do not fit or a target of a row that counts is not in the vocabulary
   */
  public double lossAndGradient(float[] logits, int[] targets, float[] weights, int vocabulary, double totalWeight, int from, int to,
      float[] gradient) {
    if (targets.length != weights.length || (long) targets.length * vocabulary != logits.length || gradient.length != logits.length) {
      throw InvalidInputException.of("%d logits of vocabulary %d, %d targets, %d weights and a gradient of %d do not fit together.",
          logits.length, vocabulary, targets.length, weights.length, gradient.length);
    }
    double sum = 0;
    for (int row = from; row < to; row++) {
      int start = row * vocabulary;
      if (weights[row] == 0) {
        Arrays.fill(gradient, start, start + vocabulary, 0);
        continue;
      }
      if (targets[row] < 0 || targets[row] >= vocabulary) {
        throw InvalidInputException.of("The target id %d is not in 0 to %d.", targets[row], vocabulary - 1);
      }
      double share = weights[row] / totalWeight;
      sum += share * row(logits, start, vocabulary, targets[row], share, gradient);
    }
    return sum;
  }

  /** The loss of one row; its gradient is multiplied by the row's share of the weights. */
  private double row(float[] logits, int start, int vocabulary, int target, double share, float[] gradient) {
    int end = start + vocabulary;
    float largest = Float.NEGATIVE_INFINITY;
    double logitSum = 0;
    for (int i = start; i < end; i++) {
      largest = Math.max(largest, logits[i]);
      logitSum += logits[i];
    }
    double targetLogit = logits[start + target];
    double sum = 0;
    for (int i = start; i < end; i++) {
      double exponential = Math.exp(logits[i] - (double) largest);
      sum += exponential;
      gradient[i] = (float) exponential;
    }
    float scale = (float) (share / sum);
    float smoothing = (float) (share * labelSmoothing / vocabulary);
    for (int i = start; i < end; i++) {
      gradient[i] = gradient[i] * scale - smoothing;
    }
    gradient[start + target] -= (float) (share * (1 - labelSmoothing));
    double expectedLogit = (1 - labelSmoothing) * targetLogit + (labelSmoothing == 0 ? 0 : labelSmoothing * logitSum / vocabulary);
    return largest + Math.log(sum) - expectedLogit;
  }
}
