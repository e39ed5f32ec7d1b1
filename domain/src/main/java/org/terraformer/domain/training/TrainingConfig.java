package org.terraformer.domain.training;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.terraformer.domain.config.Architecture;
import org.terraformer.domain.config.LayerSpec;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.config.Options;
import org.terraformer.domain.layer.attention.FavorAttention;
import org.terraformer.domain.layer.sparse.SparseFeedForward;
import org.terraformer.domain.training.optimizer.LearningRateSchedule;
import org.terraformer.domain.training.optimizer.Optimizer;
import org.terraformer.domain.training.optimizer.RestartedRate;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.recording.DropoutRates;

/**
 * What a training is told.
 *
 * @param data where the examples come from
 * @param optimizer its type and settings, as {@link Optimizer#of} reads them
 * @param schedule of the learning rate, as {@link LearningRateSchedule#of} reads it
 * @param batch sequences of a step
 * @param accumulation parts that a step's sequences are run in, one after another, so that memory holds what one part needs; a divisor of
 *     the batch
 * @param length tokens of a sequence; of the longest where the examples have lengths of their own
 * @param seed of the first weights, the order of the text and all that is drawn
 * @param dropout what the model leaves out at random while it is trained
 * @param memory how memory of activations is saved
 * @param clip the largest norm of the gradients; 0 for no limit
 * @param logInterval steps whose mean loss is one line of the metrics
 */
public record TrainingConfig(ModelConfig model, DataSource data, LayerSpec optimizer, LayerSpec schedule, int batch, int accumulation,
    int length, int steps, int seed, double labelSmoothing, DropoutRates dropout, ActivationMemory memory, double clip, int logInterval,
    Validation validation, Samples samples) {
  /** The field that makes training compute the chosen units of sparse feed-forward layers alone. */
  public static final String SPARSE_COMPUTE = "sparse_compute";

  private static final String MULTIFACTOR = "multifactor";
  private static final int DEFAULT_LENGTH = 128;
  private static final double LARGEST_DROPOUT = 0.999;

  /**
   * @throws InvalidInputException if settings contradict each other or are wrong
   */
  public TrainingConfig {
    if (length > model.maxLength()) {
      throw InvalidInputException.of("The field length is %d but the model knows %d positions (max_length).", length,
          model.maxLength());
    }
    if (samples.tokens() >= model.maxLength()) {
      throw InvalidInputException.of("The field samples.tokens is %d but must be below the model's %d positions (max_length).",
          samples.tokens(), model.maxLength());
    }
    if (model.architecture() instanceof Architecture.EncoderClassifier) {
      throw InvalidInputException.of("A model of the type %s can't be trained on any of the data that there are.",
          model.architecture().name());
    }
    if (model.architecture().encoder().isPresent() && (data instanceof TextTask || samples.tokens() > 0)) {
      throw new InvalidInputException("A model of the type %s ".formatted(model.architecture().name())
          + (samples.tokens() > 0 ? "generates only behind a source, so samples.tokens must be 0."
              : "reads a source, so its data must be pairs, copy or span_corruption."));
    }
    data.check(model);
    if (batch % accumulation != 0) {
      throw InvalidInputException.of("The field accumulation is %d but must divide the batch of %d sequences.", accumulation, batch);
    }
    if ((long) batch * length > Integer.MAX_VALUE) {
      throw InvalidInputException.of("The field batch is %d, but with a length of %d a step can have at most %d sequences.", batch,
          length, Integer.MAX_VALUE / length);
    }
    if (memory.chunked() && (dropout.feedForward() > 0 || dropout.hidden() > 0 && dropout.sharedOverTime())) {
      throw new InvalidInputException("The field chunked is true, so that feed-forward layers and logits are computed for a part of the "
          + "rows at a time, which can't share what is left out: dropout.feed_forward must be 0 and dropout.shared_over_time false.");
    }
    if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
      throw InvalidInputException.of("The label smoothing is %s but must be from 0 to 1.", labelSmoothing);
    }
    rule(optimizer, schedule, clip);
  }

  /**
   * Reads a configuration from plain maps, lists, strings, numbers and booleans.
   *
   * @param vocabularySize the tokenizer's, which a model of texts has, with more ids where its data need them, if its field
   *     {@code vocabulary_size} is absent
   * @throws InvalidInputException naming the first wrong field, its value and what is allowed
   */
  public static TrainingConfig fromMap(Map<String, Object> map, int vocabularySize) {
    Options options = new Options("", map);
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("model_type", ModelConfig.MODEL_TYPE);
    DataSource data = DataSource.of(options.layer("data", TextTask.TYPE));
    if (data.needsTexts()) {
      model.put("vocabulary_size", vocabularySize + data.extraIds());
    }
    model.putAll(options.map("model"));
    ModelConfig read = ModelConfig.fromMap(model);
    checkExtraIds(data, read, vocabularySize);
    ModelConfig modelConfig = options.flag(SPARSE_COMPUTE, false) ? sparselyComputed(read) : read;
    TrainingConfig config = new TrainingConfig(modelConfig,
        data,
        options.layer("optimizer", "adam"),
        schedule(options),
        options.integer("batch", 1, 1_000_000, 16),
        options.integer("accumulation", 1, 1_000_000, 1),
        length(options, data, modelConfig),
        options.integer("steps", 1, Integer.MAX_VALUE),
        options.integer("seed", 0, Integer.MAX_VALUE, 0),
        options.number("label_smoothing", 0, 1, 0),
        dropout(options, modelConfig),
        new ActivationMemory(options.flag("recompute", ActivationMemory.DEFAULT.recompute()),
            options.flag("chunked", ActivationMemory.DEFAULT.chunked())),
        options.number("clip", 0, Float.MAX_VALUE, 0),
        options.size("log_interval", 10),
        Validation.of(options.object("validation")),
        Samples.of(options.object("samples"),
            data.needsTexts() && modelConfig.architecture() instanceof Architecture.DecoderOnly));
    options.finish();
    return config;
  }

  private static void checkExtraIds(DataSource data, ModelConfig model, int tokens) {
    if (data.extraIds() > 0 && model.vocabularySize() < tokens + data.extraIds()) {
      throw InvalidInputException.of("The field model.vocabulary_size is %d but must be at least %d: the tokenizer has %d ids and the "
          + "data need %d more, for the spans to be filled in.",
          model.vocabularySize(), tokens + data.extraIds(), tokens, data.extraIds());
    }
  }

  private static int length(Options options, DataSource data, ModelConfig model) {
    int length = data.length(model).orElse(DEFAULT_LENGTH);
    int given = options.size("length", length);
    if (data.length(model).isPresent() && given != length) {
      throw options.wrong("length", given, "follows from the field data and is %d; it may be left out".formatted(length));
    }
    return given;
  }

  /** The model with the option {@code sparse_compute} in its sparse feed-forward layers. */
  private static ModelConfig sparselyComputed(ModelConfig model) {
    if (model.feedForward().stream().noneMatch(TrainingConfig::isSparse)) {
      throw InvalidInputException.of("The field %s is true but the model has no feed-forward layer of the type %s.",
          SPARSE_COMPUTE, SparseFeedForward.NAME);
    }
    return model.withFeedForward(model.feedForward().stream()
        .map(layer -> isSparse(layer) ? layer.with(SparseFeedForward.SPARSE_COMPUTE, true) : layer).toList());
  }

  private static boolean isSparse(LayerSpec layer) {
    return layer.type().equals(SparseFeedForward.NAME);
  }

  /** A string alone names the factors of trax's multifactor schedule, with trax's settings of everything else. */
  private static LayerSpec schedule(Options options) {
    if (options.any("schedule") instanceof String factors && !factors.equals(MULTIFACTOR)) {
      return new LayerSpec("schedule", MULTIFACTOR, Map.of("factors", factors));
    }
    return options.layer("schedule", MULTIFACTOR);
  }

  /** A number alone is the rate of everything that the model has; hidden elements are then drawn for each row. */
  private static DropoutRates dropout(Options options, ModelConfig model) {
    if (!options.has("dropout") || options.any("dropout") instanceof Number) {
      double rate = options.number("dropout", 0, LARGEST_DROPOUT, 0);
      return new DropoutRates(rate, rate, rate, false);
    }
    Options rates = options.object("dropout");
    DropoutRates dropout = new DropoutRates(rates.number("hidden", 0, LARGEST_DROPOUT, 0),
        rates.number("feed_forward", 0, LARGEST_DROPOUT, 0), rates.number("attention", 0, LARGEST_DROPOUT, 0),
        rates.flag("shared_over_time", false));
    rates.finish();
    if (dropout.attention() > 0 && !hasAttentionWeights(model)) {
      throw rates.wrong("attention", dropout.attention(), "must be 0, as attention of the type %s has no weights to leave out"
          .formatted(FavorAttention.NAME));
    }
    return dropout;
  }

  private static boolean hasAttentionWeights(ModelConfig model) {
    Stream<LayerSpec> ofEncoder = model.architecture().encoder().stream().flatMap(encoder -> encoder.attention().stream());
    return model.architecture() instanceof Architecture.EncoderDecoder
        || Stream.concat(model.attention().stream(), ofEncoder).anyMatch(layer -> !layer.type().equals(FavorAttention.NAME));
  }

  /** As {@link #dropout} reads it: a number alone where that says all. */
  private static Object written(DropoutRates rates) {
    boolean alike = rates.hidden() == rates.feedForward() && rates.hidden() == rates.attention() && !rates.sharedOverTime();
    return alike ? rates.hidden() : Map.of("hidden", rates.hidden(), "feed_forward", rates.feedForward(), "attention", rates.attention(),
        "shared_over_time", rates.sharedOverTime());
  }

  private static UpdateRule rule(LayerSpec optimizer, LayerSpec schedule, double clip) {
    return new UpdateRule(Optimizer.of(optimizer.type(), optimizer.read()), LearningRateSchedule.of(schedule.type(),
        schedule.read()), clip);
  }

  /** The same training of another model. */
  public TrainingConfig withModel(ModelConfig other) {
    return new TrainingConfig(other, data, optimizer, schedule, batch, accumulation, length, steps, seed, labelSmoothing, dropout,
        memory, clip, logInterval, validation, samples);
  }

  /**
   * The model as whoever uses it should know it: one of pairs reads as much of a source as it was trained on, if it does not say
   * otherwise.
   */
  public ModelConfig trainedModel() {
    return data instanceof PairTask pairs && model.generation().sourceTokens().isEmpty()
        ? model.withSourceTokens(OptionalInt.of(pairs.sourceLength())) : model;
  }

  /** How gradients change weights. */
  public UpdateRule rule() {
    return rule(optimizer, schedule, clip);
  }

  /** The last step, if its learning rate is far larger than that of the step before. */
  public Optional<RestartedRate> restartedRate() {
    return RestartedRate.of(rule().schedule(), steps);
  }

  /** The configuration as {@link #fromMap} reads it, with everything that was left to defaults. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("model", model.toMap());
    map.put("data", data.toMap());
    map.put("optimizer", optimizer.toMap());
    map.put("schedule", schedule.toMap());
    map.put("batch", batch);
    map.put("accumulation", accumulation);
    map.put("length", length);
    map.put("steps", steps);
    map.put("seed", seed);
    map.put("label_smoothing", labelSmoothing);
    map.put("dropout", written(dropout));
    map.put("recompute", memory.recompute());
    map.put("chunked", memory.chunked());
    map.put("clip", clip);
    map.put("log_interval", logInterval);
    map.put("validation", Map.of("interval", validation.interval(), "tokens", validation.tokens(), "fraction",
        validation.fraction()));
    map.put("samples", Map.of("prompt", samples.prompt(), "tokens", samples.tokens(), "temperature", samples.temperature()));
    return map;
  }

  /**
   * Refuses to go on with a training that was begun in another way; the number of steps may differ.
   *
   * @throws InvalidInputException naming the first field that differs
   */
  public void checkContinues(TrainingConfig begun) {
    Map<String, Object> before = begun.toMap();
    toMap().forEach((field, value) -> {
      if (!field.equals("steps") && !value.equals(before.get(field))) {
        throw InvalidInputException.of("The training was begun with another %s; only steps may change when it goes on.", field);
      }
    });
  }
}
