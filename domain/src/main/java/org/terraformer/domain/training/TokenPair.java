package org.terraformer.domain.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.terraformer.domain.config.Architecture;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.model.SourceTargetRows;

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
  private void join(int[] tokens, float[] lossWeights, int at) {
    System.arraycopy(source, 0, tokens, at, source.length);
    System.arraycopy(target, 0, tokens, at + source.length, target.length);
    Arrays.fill(lossWeights, at + source.length, at + length(), 1);
  }

  /** Pairs as a batch, as this model takes them. */
  static Batch batch(List<TokenPair> pairs, ModelConfig model) {
    return model.architecture().encoder().isPresent() ? apart(pairs, model) : joined(pairs, model.startId());
  }

  /**
   * Rows that a model needs for the longest pair.
   *
   * @param source tokens of a source
   * @param target tokens of a target
   */
  static int rows(ModelConfig model, int source, int target) {
    return model.architecture() instanceof Architecture.EncoderDecoder ? Math.max(source, target) : source + target;
  }

  /** Sources and targets for a model that reads sources; the targets' tokens count. */
  private static Batch apart(List<TokenPair> pairs, ModelConfig model) {
    int sourceLength = pairs.stream().mapToInt(pair -> pair.source.length).max().orElseThrow();
    int targetLength = pairs.stream().mapToInt(pair -> pair.target.length).max().orElseThrow();
    int[] sources = new int[pairs.size() * sourceLength];
    int[] targets = new int[pairs.size() * targetLength];
    float[] lossWeights = new float[targets.length];
    Arrays.fill(sources, model.paddingId());
    Arrays.fill(targets, model.paddingId());
    for (int i = 0; i < pairs.size(); i++) {
      TokenPair pair = pairs.get(i);
      System.arraycopy(pair.source, 0, sources, i * sourceLength, pair.source.length);
      System.arraycopy(pair.target, 0, targets, i * targetLength, pair.target.length);
      Arrays.fill(lossWeights, i * targetLength, i * targetLength + pair.target.length, 1);
    }
    return Batch.of(SourceTargetRows.of(model, pairs.size(), sources, targets), targets, lossWeights);
  }

  /**
   * Pairs as sequences for a language model, which reads the source and goes on with the target. They are padded to the longest
   * by 0; neither that nor the sources count.
   */
  private static Batch joined(List<TokenPair> pairs, int startId) {
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
      batches.add(batch(sorted.subList(i, Math.min(sorted.size(), i + config.batch())), config.model()));
    }
    return batches;
  }
}
