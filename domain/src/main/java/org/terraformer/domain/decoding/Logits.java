package org.terraformer.domain.decoding;

import org.terraformer.ports.failure.InvalidInputException;

/** Logits read as a probability distribution, in double precision: {@code p[i] = exp(logit[i]) / sum(exp(logit))}. */
final class Logits {
  private Logits() {}

  /**
   * The logarithm of the sum of exponentials, which turns a logit into a log-probability when it is subtracted.
   *
   * @throws InvalidInputException if a logit is NaN or infinitely large, or all are infinitely small
   */
  static double normaliser(float[] logits, int start, int size) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int id = 0; id < size; id++) {
      largest = Math.max(largest, checked(logits[start + id], id));
    }
    checkLargest(largest);
    double sum = 0;
    for (int id = 0; id < size; id++) {
      sum += Math.exp(logits[start + id] - largest);
    }
    return largest + Math.log(sum);
  }

  /** The logarithm of the probability of an id. */
  static double logProbability(float[] logits, int start, int size, int id) {
    return logits[start + id] - normaliser(logits, start, size);
  }

  /** The logit, if a token can have it: a number or minus infinity, which is a probability of zero. */
  static double checked(float logit, int id) {
    if (Float.isNaN(logit) || logit == Float.POSITIVE_INFINITY) {
      throw InvalidInputException.of("The model gave the token %d the logit %s, so its weights or inputs are broken.", id, logit);
    }
    return logit;
  }

  /** Refuses logits of which no token is possible. */
  static void checkLargest(double largest) {
    if (largest == Double.NEGATIVE_INFINITY) {
      throw new InvalidInputException("The model gave every token the logit -Infinity, so its weights or inputs are broken.");
    }
  }
}
