package org.terraformer.domain.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A source and what a model is to make of it, both with the id that ends them.
 *
 * @param source token ids
 * @param target token ids
 */
record TokenPair(int[] source, int[] target) {

  int length() {
    return source.length + target.length;
  }

  /** Writes source and target one behind the other; the target's tokens count. */
  void join(int[] tokens, float[] lossWeights, int at) {
    System.arraycopy(source, 0, tokens, at, source.length);
    System.arraycopy(target, 0, tokens, at + source.length, target.length);
    Arrays.fill(lossWeights, at + source.length, at + length(), 1);
  }

  /**
   * Pairs as sequences for a language model, which reads the source and goes on with the target. They are padded to the longest by
   * 0; neither that nor the sources count.
   */
  static Batch joined(List<TokenPair> pairs, int startId) {
    int length = pairs.stream().mapToInt(TokenPair::length).max().orElseThrow();
    int[] tokens = new int[pairs.size() * length];
    float[] lossWeights = new float[tokens.length];
    for (int i = 0; i < pairs.size(); i++) {
      pairs.get(i).join(tokens, lossWeights, i * length);
    }
    return Batch.of(tokens, length, startId, lossWeights);
  }

  /** Batches of pairs that are held out, with those of about the same length together. */
  static List<Batch> batches(List<TokenPair> pairs, TrainingConfig config) {
    List<TokenPair> sorted = pairs.stream().sorted(Comparator.comparingInt(TokenPair::length)).toList();
    List<Batch> batches = new ArrayList<>();
    for (int i = 0; i < sorted.size(); i += config.batch()) {
      batches.add(joined(sorted.subList(i, Math.min(sorted.size(), i + config.batch())), config.model().startId()));
    }
    return batches;
  }
}
