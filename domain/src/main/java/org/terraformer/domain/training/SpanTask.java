package org.terraformer.domain.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.config.Options;
import org.terraformer.domain.evaluation.Scorer;
import org.terraformer.domain.random.SplitMix64;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.text.TokenSequence;

/**
 * Windows of a text of which spans are to be filled in, to pre-train on.
 *
 * @param window tokens of the text that an example is made of
 */
public record SpanTask(int window, double noiseDensity, double meanSpanLength) implements DataSource {
  static final String TYPE = "span_corruption";

  private static final int HELD_OUT_STREAM = -1;

  static SpanTask of(Options options) {
    SpanTask task = new SpanTask(options.integer("window", 2, 1_000_000, 512), options.number("noise_density", 0, 1, 0.15),
        options.number("mean_span_length", 1, 1_000_000, 3));
    task.corruption();
    options.finish();
    return task;
  }

  @Override
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("type", TYPE);
    map.put("window", window);
    map.put("noise_density", noiseDensity);
    map.put("mean_span_length", meanSpanLength);
    return map;
  }

  private SpanCorruption corruption() {
    return new SpanCorruption(noiseDensity, meanSpanLength);
  }

  /** Source and target have each token of the window once, each sentinel twice and the end twice. */
  @Override
  public OptionalInt length(ModelConfig model) {
    int target = corruption().noise(window) + corruption().spans(window) + 1;
    return OptionalInt.of(TokenPair.rows(model, window + 2 * corruption().spans(window) + 2 - target, target));
  }

  @Override
  public boolean needsTexts() {
    return true;
  }

  @Override
  public int window(int length) {
    return window;
  }

  /** One for each sentinel. */
  @Override
  public int extraIds() {
    return corruption().spans(window);
  }

  @Override
  public void check(ModelConfig model) {
    model.endId().ifPresent(id -> checkId("end_id", id, model.vocabularySize()));
    checkId("padding_id", model.paddingId(), model.vocabularySize());
    checkId("start_id", model.startId(), model.vocabularySize());
  }

  private void checkId(String field, int id, int vocabularySize) {
    int first = vocabularySize - extraIds();
    if (id >= first) {
      throw InvalidInputException.of("The field model.%s is %d, but the ids from %d on stand for the spans to be filled in; a "
          + "model.vocabulary_size above %d keeps them apart.", field, id, first, id + extraIds());
    }
  }

  /**
   * A text to train on, again and again with other spans, and one to validate on.
   *
   * @param endId ends every source and target
   * @throws InvalidInputException if a text is shorter than a window
   */
  public TrainingData data(TokenSequence training, TokenSequence validation, TrainingConfig config, int endId) {
    ShuffledWindows windows = new ShuffledWindows(training, window, config.seed());
    HeldOutBatches heldOut = new HeldOutBatches(heldOut(validation, config, endId));
    return new TrainingData() {
      @Override
      public Batch batch(long step) {
        SplitMix64 random = new SplitMix64(config.seed(), Math.toIntExact(step));
        List<TokenPair> pairs = new ArrayList<>();
        for (int i = 0; i < config.batch(); i++) {
          int[] tokens = new int[window];
          windows.copy((step - 1) * config.batch() + i, tokens, 0);
          pairs.add(corruption().corrupt(tokens, config.model().vocabularySize(), endId, random));
        }
        return TokenPair.batch(pairs, config.model());
      }

      @Override
      public ValidationScore validate(Scorer scorer) {
        return heldOut.score(scorer);
      }
    };
  }

  private List<Batch> heldOut(TokenSequence text, TrainingConfig config, int endId) {
    SplitMix64 random = new SplitMix64(config.seed(), HELD_OUT_STREAM);
    long end = Math.min(text.length(), Math.max(window, config.validation().tokens()));
    List<TokenPair> pairs = new ArrayList<>();
    for (long from = 0; from + window <= end; from += window) {
      int[] tokens = new int[window];
      text.copy(from, tokens, 0, window);
      pairs.add(corruption().corrupt(tokens, config.model().vocabularySize(), endId, random));
    }
    return TokenPair.batches(pairs, config);
  }
}
