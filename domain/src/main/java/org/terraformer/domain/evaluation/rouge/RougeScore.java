package org.terraformer.domain.evaluation.rouge;

/**
 * How much of a candidate is in the reference and the other way round, each from 0 to 1.
 *
 * @param precision the matches' share of the candidate
 * @param recall the matches' share of the reference
 * @param f1 {@code 2 precision recall / (precision + recall)}, 0 where both are; the mean of several F1 where this is a mean
 */
public record RougeScore(double precision, double recall, double f1) {
  /** Nothing in common. */
  public static final RougeScore ZERO = new RougeScore(0, 0, 0);

  /** The score of some matches among the units of a candidate and of a reference. */
  static RougeScore of(int matches, int candidateUnits, int referenceUnits) {
    if (matches == 0) {
      return ZERO;
    }
    double precision = (double) matches / candidateUnits;
    double recall = (double) matches / referenceUnits;
    return new RougeScore(precision, recall, 2 * precision * recall / (precision + recall));
  }
}
