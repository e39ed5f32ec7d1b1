package org.terraformer.domain.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.config.Options;
import org.terraformer.domain.evaluation.Scorer;
import org.terraformer.domain.random.SplitMix64;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * The reference's copy tasks: for language models sequences {@code 0 w 0 w} of random words w, of which the second w is to be
 * predicted, for models that read a source w as source and target. The ids of w are drawn from 1 to {@code vocabulary - 2} but
 * for the padding id, which a source's reader would not see; all sequences of a batch have words of one length, which is drawn too.
 *
 * @param shortest ids of a word at least
 * @param longest ids of a word at most
 * @param heldOutShortest ids of a word at least where it is held out for validation
 * @param reversed whether the second word is the first one backwards
 */
public record CopyTask(int shortest, int longest, int heldOutShortest, boolean reversed) implements DataSource {
  static final String TYPE = "copy";

  private static final int HELD_OUT_STREAM = -1;
  private static final int LEAST_VOCABULARY = 4;

  /**
   * @throws InvalidInputException if the lengths contradict each other
   */
  public CopyTask {
    if (shortest > longest || heldOutShortest > longest) {
      throw InvalidInputException.of(
          "The copy task's longest is %d but must be at least its shortest, %d, and held_out_shortest, %d.", longest, shortest,
          heldOutShortest);
    }
  }

  static CopyTask of(Options options) {
    int longest = options.integer("longest", 1, 100_000);
    int shortest = options.integer("shortest", 1, 100_000, 1);
    CopyTask task = new CopyTask(shortest, longest,
        options.integer("held_out_shortest", 1, 100_000, Math.max(shortest, (longest + 1) / 2)), options.flag("reversed", false));
    options.finish();
    return task;
  }

  @Override
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("type", TYPE);
    map.put("shortest", shortest);
    map.put("longest", longest);
    map.put("held_out_shortest", heldOutShortest);
    map.put("reversed", reversed);
    return map;
  }

  @Override
  public OptionalInt length(ModelConfig model) {
    return OptionalInt.of(readsSource(model) ? TokenPair.rows(model, longest, longest) : 2 * longest + 2);
  }

  @Override
  public boolean needsTexts() {
    return false;
  }

  /** Batches without end, by the configuration's seed, and others to validate on. */
  public TrainingData data(TrainingConfig config) {
    int vocabulary = config.model().vocabularySize();
    if (vocabulary < LEAST_VOCABULARY) {
      throw InvalidInputException.of("The vocabulary has %d ids, too few for the copy task, which needs %d.", vocabulary,
          LEAST_VOCABULARY);
    }
    HeldOutBatches heldOut = new HeldOutBatches(heldOut(config));
    return new TrainingData() {
      @Override
      public Batch batch(long step) {
        return draw(new SplitMix64(config.seed(), Math.toIntExact(step)), shortest, config);
      }

      @Override
      public ValidationScore validate(Scorer scorer) {
        return heldOut.score(scorer);
      }
    };
  }

  /** As many as have about so many tokens as are wanted for validation. */
  private List<Batch> heldOut(TrainingConfig config) {
    SplitMix64 random = new SplitMix64(config.seed(), HELD_OUT_STREAM);
    List<Batch> batches = new ArrayList<>();
    int tokens = 0;
    while (tokens < config.validation().tokens()) {
      Batch batch = draw(random, heldOutShortest, config);
      batches.add(batch);
      tokens += batch.rows();
    }
    return batches;
  }

  private static boolean readsSource(ModelConfig model) {
    return model.architecture().encoder().isPresent();
  }

  private Batch draw(SplitMix64 random, int least, TrainingConfig config) {
    int word = least + random.nextInt(longest - least + 1);
    return readsSource(config.model()) ? pairs(random, word, config) : sequences(random, word, config);
  }

  private Batch pairs(SplitMix64 random, int word, TrainingConfig config) {
    List<TokenPair> pairs = new ArrayList<>();
    for (int i = 0; i < config.batch(); i++) {
      int[] source = new int[word];
      int[] target = new int[word];
      for (int j = 0; j < word; j++) {
        source[j] = id(random, config);
        target[reversed ? word - 1 - j : j] = source[j];
      }
      pairs.add(new TokenPair(source, target));
    }
    return TokenPair.batch(pairs, config.model());
  }

  private static int id(SplitMix64 random, TrainingConfig config) {
    int last = config.model().vocabularySize() - 2;
    int padding = config.model().paddingId();
    boolean drawsPadding = padding >= 1 && padding <= last;
    int id = 1 + random.nextInt(drawsPadding ? last - 1 : last);
    return drawsPadding && id >= padding ? id + 1 : id;
  }

  private Batch sequences(SplitMix64 random, int word, TrainingConfig config) {
    int length = 2 * word + 2;
    int[] tokens = new int[config.batch() * length];
    float[] weights = new float[tokens.length];
    for (int start = 0; start < tokens.length; start += length) {
      int copy = start + word + 2;
      for (int i = 0; i < word; i++) {
        tokens[start + 1 + i] = id(random, config);
        tokens[reversed ? copy + word - 1 - i : copy + i] = tokens[start + 1 + i];
      }
      Arrays.fill(weights, copy, start + length, 1);
    }
    return Batch.of(tokens, length, config.model().startId(), weights);
  }
}
