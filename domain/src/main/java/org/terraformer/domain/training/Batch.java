package org.terraformer.domain.training;

import java.util.Arrays;
import java.util.Optional;
import org.terraformer.domain.model.SourceTargetRows;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * Sequences of equal length to train on together, one after another in each array.
 *
 * @param inputs the token before each target; for the first of a sequence the start id
 * @param targets the tokens to be predicted
 * @param lossWeights how much each target counts; 0 for padding
 * @param sources what a model that reads sources is fed with, row by row as the rest; empty for other models
 */
public record Batch(int sequences, int length, int[] inputs, int[] targets, float[] lossWeights,
    Optional<SourceTargetRows> sources) {
  /**
   * @throws InvalidInputException if the arrays do not fit the sizes
   */
  public Batch {
    long rows = (long) sequences * length;
    if (sequences < 1 || length < 1 || inputs.length != rows || targets.length != rows || lossWeights.length != rows) {
      throw InvalidInputException.of("A batch of %d sequences of %d tokens does not fit %d inputs, %d targets and %d weights.",
          sequences, length, inputs.length, targets.length, lossWeights.length);
    }
  }

  /** Sequences without sources. */
  public Batch(int sequences, int length, int[] inputs, int[] targets, float[] lossWeights) {
    this(sequences, length, inputs, targets, lossWeights, Optional.empty());
  }

  /**
   * Sources and targets, laid out in rows.
   *
   * @param targets sequence after sequence, as the rows were made of
   * @param lossWeights one for each target
   */
  public static Batch of(SourceTargetRows rows, int[] targets, float[] lossWeights) {
    return new Batch(rows.sequences(), rows.length(), rows.tokens(), rows.laidOut(targets), rows.laidOut(lossWeights),
        Optional.of(rows));
  }

  /** Sequences whose tokens all count. */
  public static Batch of(int[] tokens, int length, int startId) {
    float[] weights = new float[tokens.length];
    Arrays.fill(weights, 1);
    return of(tokens, length, startId, weights);
  }

  /** Sequences of which some tokens may not count. */
  public static Batch of(int[] tokens, int length, int startId, float[] lossWeights) {
    int[] inputs = new int[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      inputs[i] = i % length == 0 ? startId : tokens[i - 1];
    }
    return new Batch(tokens.length / length, length, inputs, tokens, lossWeights);
  }

  /** Some of the sequences. */
  Batch part(int first, int count) {
    int from = first * length;
    int to = from + count * length;
    return new Batch(count, length, Arrays.copyOfRange(inputs, from, to), Arrays.copyOfRange(targets, from, to),
        Arrays.copyOfRange(lossWeights, from, to), sources.map(rows -> rows.part(first, count)));
  }

  public int rows() {
    return sequences * length;
  }

  /**
   * The weights, divided by their sum.
   *
   * @throws InvalidInputException if a weight is negative or not finite, or all are 0
   */
  float[] shares() {
    double total = totalWeight();
    float[] shares = new float[lossWeights.length];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = (float) (lossWeights[i] / total);
    }
    return shares;
  }

  private double totalWeight() {
    double total = 0;
    for (float weight : lossWeights) {
      if (!(weight >= 0) || weight == Float.POSITIVE_INFINITY) {
        throw InvalidInputException.of("A loss weight is %s but must be 0 or a positive number.", weight);
      }
      total += weight;
    }
    if (total == 0) {
      throw InvalidInputException.of("All %d loss weights are 0, so there is nothing to learn from.", lossWeights.length);
    }
    return total;
  }
}
