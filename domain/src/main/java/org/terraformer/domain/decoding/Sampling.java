package org.terraformer.domain.decoding;

import org.terraformer.ports.failure.InvalidInputException;

/**
 * How the next token is chosen from the logits. The steps, in this order: the repetition penalty divides positive and multiplies
 * negative logits of ids that the prompt or the sample already holds; the temperature divides all; then only the {@code topK}
 * most likely ids stay (of equally likely ones the lower); of these the fewest whose probabilities, among these, reach
 * {@code topP}; and of these the ones at least {@code minP} times as likely as the most likely. One of the rest is drawn by its
 * probability.
 *
 * @param temperature 0 takes the most likely id after the penalty, the lowest of equal ones; the filters then change nothing
 * @param topK 0 keeps all
 * @param topP 1 keeps all
 * @param minP 0 keeps all
 * @param repetitionPenalty 1 changes nothing
 */
public record Sampling(double temperature, int topK, double topP, double minP, double repetitionPenalty) {
  /** The most likely token, always. */
  public static final Sampling GREEDY = new Sampling(0, 0, 1, 0, 1);

  /**
   * @throws InvalidInputException naming the number that is out of range
   */
  public Sampling {
    check("temperature", temperature, temperature >= 0 && temperature <= 100, "from 0 to 100");
    check("top-k", topK, topK >= 0, "0 (all) or more");
    check("top-p", topP, topP > 0 && topP <= 1, "above 0 and at most 1");
    check("min-p", minP, minP >= 0 && minP <= 1, "from 0 to 1");
    check("repetition penalty", repetitionPenalty, repetitionPenalty > 0 && repetitionPenalty <= 100, "above 0 and at most 100");
  }

  /** Whether this always takes the id with the largest logit. */
  boolean likeliest() {
    return (temperature == 0 || topK == 1) && repetitionPenalty == 1;
  }

  private static void check(String name, Object value, boolean holds, String allowed) {
    if (!holds) {
      throw InvalidInputException.of("The %s is %s but must be %s.", name, value, allowed);
    }
  }
}
