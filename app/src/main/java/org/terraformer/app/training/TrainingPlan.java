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
import org.terraformer.app.data.TextFile;
import org.terraformer.app.data.TokenCache;
import org.terraformer.app.text.TokenizerFiles;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.config.Options;
import org.terraformer.domain.training.TrainingConfig;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;

/**
 * All that a training is told: its configuration and its texts.
 *
 * @param data to train on
 * @param validation to validate on; empty if the end of the data is put aside for it
 * @param field the field of JSON lines with the text
 * @param cache the folder where texts are kept as tokens
 */
public record TrainingPlan(TrainingConfig config, List<Path> data, List<Path> validation, String field, Path cache) {
  /**
   * @throws InvalidInputException if there is no text to train on, or nothing to validate on
   */
  public TrainingPlan {
    data = List.copyOf(data);
    validation = List.copyOf(validation);
    if (data.isEmpty()) {
      throw new InvalidInputException("There is no text to train on.");
    }
  }

  /** As the folder of a training keeps it. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("config", config.toMap());
    map.put("data", names(data));
    map.put("validation_data", names(validation));
    map.put("field", field);
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
        options.text("field", TextFile.FIELD), Path.of(options.text("cache", "")));
    options.finish();
    return plan;
  }

  private static List<Path> paths(Object names) {
    return names instanceof List<?> list ? list.stream().map(name -> Path.of(name.toString())).toList() : List.of();
  }

  /**
   * Whether the texts are there.
   *
   * @throws InvalidInputException naming one that is not
   */
  public void checkFiles() {
    for (Path file : Stream.concat(data.stream(), validation.stream()).toList()) {
      if (!Files.isRegularFile(file)) {
        throw InvalidInputException.of("There is no text file %s.", file);
      }
    }
  }

  /**
   * Reads the texts, or finds them in the cache.
   *
   * @param arena how long they are needed
   * @throws InvalidInputException if a text can't be read, or there is too little of it
   */
  public TrainingData open(TokenizerFiles tokenizer, Arena arena, ProgressListener progress) {
    CachedTokens training = tokens(data, tokenizer, arena, progress);
    return validation.isEmpty() ? TrainingData.split(training, config)
        : TrainingData.of(training, tokens(validation, tokenizer, arena, progress), config);
  }

  private CachedTokens tokens(List<Path> files, TokenizerFiles tokenizer, Arena arena, ProgressListener progress) {
    return new TokenCache(cache).tokens(files.stream().map(file -> new TextFile(file, field)).toList(), tokenizer,
        separator(config.model(), tokenizer), arena, progress);
  }

  /** What parts two texts: the model's end, else the tokenizer's, else nothing. */
  private static OptionalInt separator(ModelConfig model, TokenizerFiles tokenizer) {
    return model.endId().isPresent() ? model.endId() : tokenizer.tokenizer().endId();
  }
}
