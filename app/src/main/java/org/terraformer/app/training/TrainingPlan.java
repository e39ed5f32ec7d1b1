package org.terraformer.app.training;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.terraformer.app.data.CachedTokens;
import org.terraformer.app.data.JsonLines;
import org.terraformer.app.data.TextFile;
import org.terraformer.app.data.TokenBytes;
import org.terraformer.app.data.TokenCache;
import org.terraformer.app.text.TokenizerFiles;
import org.terraformer.app.text.Tokenizers;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.config.Options;
import org.terraformer.domain.training.CopyTask;
import org.terraformer.domain.training.PairTask;
import org.terraformer.domain.training.SpanTask;
import org.terraformer.domain.training.TextData;
import org.terraformer.domain.training.TextTask;
import org.terraformer.domain.training.TrainingConfig;
import org.terraformer.domain.training.TrainingData;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.text.TokenSequence;
import org.terraformer.ports.text.Tokenizer;

/**
 * All that a training is told: its configuration and its texts.
 *
 * @param data to train on; none where the configuration says how examples are made
 * @param validation to validate on; empty if the end of the data is put aside for it
 * @param fields the field of JSON lines with the text, or those with the source and with the target
 * @param cache the folder where texts are kept as tokens
 */
public record TrainingPlan(TrainingConfig config, List<Path> data, List<Path> validation, List<String> fields, Path cache) {
  /**
   * @throws InvalidInputException if there is no text to train on where one is needed
   */
  public TrainingPlan {
    data = List.copyOf(data);
    validation = List.copyOf(validation);
    fields = List.copyOf(fields);
    if (data.isEmpty() && config.data().needsTexts()) {
      throw new InvalidInputException("There is no text to train on.");
    }
  }

  /** As the folder of a training keeps it. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("config", config.toMap());
    map.put("data", names(data));
    map.put("validation_data", names(validation));
    map.put("fields", fields);
    map.put("cache", cache.toAbsolutePath().toString());
    return map;
  }

  private static List<String> names(List<Path> paths) {
    return paths.stream().map(path -> path.toAbsolutePath().toString()).toList();
  }

  /** Reads what {@link #toMap} wrote. */
  public static TrainingPlan fromMap(Map<String, Object> map) {
    Options options = new Options("", map);
    TrainingConfig config = TrainingConfig.fromMap(options.map("config"), 1);
    TrainingPlan plan = new TrainingPlan(config, paths(options.any("data")), paths(options.any("validation_data")),
        names(options), Path.of(options.text("cache", "")));
    options.finish();
    return plan;
  }

  private static List<String> names(Options options) {
    return options.any("fields") instanceof List<?> list ? list.stream().map(Object::toString).toList() : List.of(TextFile.FIELD);
  }

  private static List<Path> paths(Object names) {
    return names instanceof List<?> list ? list.stream().map(name -> Path.of(name.toString())).toList() : List.of();
  }

  /**
   * The plan with a model that knows what ends its texts: the tokenizer's end id where it has none of its own. So whoever
   * generates with the trained model stops where its texts stopped.
   *
   * @throws InvalidInputException if neither has one but the examples need it
   */
  public TrainingPlan endedBy(Tokenizer tokenizer) {
    if (!config.data().needsTexts()) {
      return this;
    }
    ModelConfig model = config.model();
    OptionalInt end = Tokenizers.endId(model, tokenizer);
    TrainingPlan plan = end.isEmpty() ? this
        : new TrainingPlan(config.withModel(model.withEndId(end.getAsInt())), data, validation, fields, cache);
    if (!(config.data() instanceof TextTask)) {
      plan.endId();
    }
    return plan;
  }

  /**
   * Whether the texts are there, and of the kind that is needed.
   *
   * @throws InvalidInputException naming one that is not
   */
  public void checkFiles() {
    for (Path file : texts()) {
      if (!Files.isRegularFile(file)) {
        throw InvalidInputException.of("There is no text file %s.", file);
      }
      if (config.data() instanceof PairTask && !JsonLines.isNamedSo(file)) {
        throw InvalidInputException.of(
            "Pairs are read from JSON lines only, but %s does not end with .jsonl or .jsonl.gz.", file);
      }
    }
  }

  /** All files with texts. */
  List<Path> texts() {
    return Stream.concat(data.stream(), validation.stream()).toList();
  }

  /**
   * Makes the examples, or reads the texts, or finds them in the cache. The end id of the model stands between texts, if it has
   * one.
   *
   * @param arena how long they are needed
   * @throws InvalidInputException if a text can't be read, or there is too little of it
   */
  public TrainingData open(TokenizerFiles tokenizer, Arena arena, ProgressListener progress) {
    return switch (config.data()) {
      case CopyTask copy -> copy.data(config);
      case PairTask pairs -> {
        PairTask.Texts training = pairs(data, tokenizer, arena, progress);
        yield validation.isEmpty() ? pairs.split(training, config, endId())
            : pairs.data(training, pairs(validation, tokenizer, arena, progress), config, endId());
      }
      case SpanTask spans -> {
        Parts parts = parts(tokenizer, arena, progress);
        yield spans.data(parts.training, parts.validation, config, endId());
      }
      case TextTask text -> {
        Parts parts = parts(tokenizer, arena, progress);
        TokenSequence scored = parts.validation.part(0, Math.min(parts.validation.length(), config.validation().tokens()));
        yield new TextData(parts.training, scored, TokenBytes.of(scored, tokenizer.tokenizer(), config.model().endId()), config);
      }
    };
  }

  private record Parts(TokenSequence training, TokenSequence validation) {}

  /** Two texts, or one, whose end is put aside for validation. */
  private Parts parts(TokenizerFiles tokenizer, Arena arena, ProgressListener progress) {
    CachedTokens training = tokens(data, tokenizer, arena, progress);
    if (!validation.isEmpty()) {
      return new Parts(training, tokens(validation, tokenizer, arena, progress));
    }
    long aside = Math.max(config.data().window(config.length()), Math.round(training.length() * config.validation().fraction()));
    long border = Math.max(0, training.length() - aside);
    return new Parts(training.part(0, border), training.part(border, training.length()));
  }

  private CachedTokens tokens(List<Path> files, TokenizerFiles tokenizer, Arena arena, ProgressListener progress) {
    return new TokenCache(cache).tokens(
        texts(files, fields.getFirst()), tokenizer, config.model().endId(), arena, progress);
  }

  private PairTask.Texts pairs(List<Path> files, TokenizerFiles tokenizer, Arena arena, ProgressListener progress) {
    TokenCache kept = new TokenCache(cache);
    return new PairTask.Texts(kept.texts(texts(files, fields.getFirst()), tokenizer, arena, progress),
        kept.texts(texts(files, fields.getLast()), tokenizer, arena, progress));
  }

  private static List<TextFile> texts(List<Path> files, String field) {
    return files.stream().map(file -> new TextFile(file, field)).toList();
  }

  private int endId() {
    return config.model().endId().orElseThrow(() -> new InvalidInputException(
        "The tokenizer has no id that ends a text, so the field model.end_id is needed to end sources and targets."));
  }
}
