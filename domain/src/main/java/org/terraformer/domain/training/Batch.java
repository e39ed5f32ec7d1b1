package org.terraformer.domain.training;

import java.util.Arrays;
import org.terraformer.domain.training.loss.WeightedCrossEntropy;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * Sequences of equal length to train on together, one after another in each array.
 *
 * @param inputs the token before each target; for the first of a sequence the start id
 * @param targets the tokens to be predicted
 * @param lossWeights how much each target counts; 0 for padding
 */
public record Batch(int sequences, int length, int[] inputs, int[] targets, float[] lossWeights) {
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
        Arrays.copyOfRange(lossWeights, from, to));
  }

  public int rows() {
    return sequences * length;
  }

  /** The weights, divided by their sum. */
  float[] shares() {
    double total = WeightedCrossEntropy.totalWeight(lossWeights);
    float[] shares = new float[lossWeights.length];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = (float) (lossWeights[i] / total);
    }
    return shares;
  }
}
