package org.terraformer.domain.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.config.Options;
import org.terraformer.domain.evaluation.Scorer;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.text.TokenSequence;

/**
 * Pairs of texts, as an article and its abstract, of which the second is to be made of the first. Each text is followed by the
 * end id and cut, if it is longer than it may be, before that.
 *
 * @param sourceLength tokens of a source at most, with the end id
 * @param targetLength tokens of a target at most, with the end id
 */
public record PairTask(int sourceLength, int targetLength) implements DataSource {
  static final String TYPE = "pairs";

  private static final int LEAST = 2;
  private static final int MOST = 1_000_000;

  static PairTask of(Options options) {
    PairTask task = new PairTask(options.integer("source_length", LEAST, MOST, 512),
        options.integer("target_length", LEAST, MOST, 256));
    options.finish();
    return task;
  }

  @Override
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("type", TYPE);
    map.put("source_length", sourceLength);
    map.put("target_length", targetLength);
    return map;
  }

  @Override
  public OptionalInt length(ModelConfig model) {
    return OptionalInt.of(TokenPair.rows(model, sourceLength, targetLength));
  }

  @Override
  public boolean needsTexts() {
    return true;
  }

  /**
   * Texts as token ids.
   *
   * @param sources one for each target
   */
  public record Texts(List<TokenSequence> sources, List<TokenSequence> targets) {
    /**
     * @throws InvalidInputException if there are not as many sources as targets
     */
    public Texts {
      if (sources.size() != targets.size()) {
        throw InvalidInputException.of("There are %,d sources but %,d targets.", sources.size(), targets.size());
      }
    }

    /** Those from one number to another. */
    public Texts part(int from, int to) {
      return new Texts(sources.subList(from, to), targets.subList(from, to));
    }
  }

  /**
   * Pairs to train on, of which as many as the configuration says are put aside for validation.
   *
   * @param endId follows every text
   */
  public TrainingData split(Texts texts, TrainingConfig config, int endId) {
    int count = texts.sources.size();
    int aside = Math.min(count, Math.max(1, (int) Math.round(count * config.validation().fraction())));
    return data(texts.part(0, count - aside), texts.part(count - aside, count), config, endId);
  }

  /**
   * Pairs to train on and others to validate on.
   *
   * @param endId follows every text
   * @throws InvalidInputException if there are too few of them
   */
  public TrainingData data(Texts training, Texts validation, TrainingConfig config, int endId) {
    IntFunction<TokenPair> pairs = i -> pair(training, i, endId);
    int[] lengths = IntStream.range(0, training.sources.size()).map(i -> length(training, i)).toArray();
    LengthBuckets buckets = new LengthBuckets(lengths, config.batch(), config.seed());
    HeldOutBatches heldOut = new HeldOutBatches(heldOut(validation, config, endId));
    return new TrainingData() {
      @Override
      public Batch batch(long step) {
        return TokenPair.batch(buckets.batch(step - 1).stream().map(pairs::apply).toList(), config.model());
      }

      @Override
      public ValidationScore validate(Scorer scorer) {
        return heldOut.score(scorer);
      }
    };
  }

  private List<Batch> heldOut(Texts texts, TrainingConfig config, int endId) {
    List<TokenPair> pairs = new ArrayList<>();
    int tokens = 0;
    for (int i = 0; i < texts.sources.size() && (i == 0 || tokens + length(texts, i) <= config.validation().tokens()); i++) {
      pairs.add(pair(texts, i, endId));
      tokens += pairs.getLast().length();
    }
    return TokenPair.batches(pairs, config);
  }

  private int length(Texts texts, int number) {
    return kept(texts.sources.get(number), sourceLength) + kept(texts.targets.get(number), targetLength) + 2;
  }

  private TokenPair pair(Texts texts, int number, int endId) {
    return new TokenPair(ended(texts.sources.get(number), sourceLength, endId),
        ended(texts.targets.get(number), targetLength, endId));
  }

  private static int kept(TokenSequence text, int longest) {
    return (int) Math.min(text.length(), longest - 1);
  }

  private static int[] ended(TokenSequence text, int longest, int endId) {
    int count = kept(text, longest);
    int[] ids = new int[count + 1];
    text.copy(0, ids, 0, count);
    ids[count] = endId;
    return ids;
  }
}
