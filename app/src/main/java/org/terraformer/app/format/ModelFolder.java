package org.terraformer.app.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;

/** A model as a folder: {@code config.json}, {@code model.safetensors}, and the file of its tokenizer. */
public final class ModelFolder {
  public static final String CONFIG = "config.json";
  public static final String WEIGHTS = "model.safetensors";

  private static final long LARGEST_CONFIG = 1 << 20;
  private static final JsonMapper JSON = JsonMapper.builder(com.fasterxml.jackson.core.JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(20).maxNumberLength(30).build()).build())
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .enable(SerializationFeature.INDENT_OUTPUT)
      .build();

  private final Path folder;

  public ModelFolder(Path folder) {
    this.folder = folder;
  }

  public Path path() {
    return folder;
  }

  /**
   * Reads the configuration.
   *
   * @throws InvalidInputException naming what is missing or wrong
   */
  public ModelConfig config() {
    if (!Files.isDirectory(folder)) {
      throw InvalidInputException.of(Files.exists(folder) ? "The model %s is not a folder." : "There is no model folder %s.", folder);
    }
    Path file = folder.resolve(CONFIG);
    if (!Files.isRegularFile(file)) {
      throw InvalidInputException.of("The model folder %s has no %s.", folder, CONFIG);
    }
    try {
      if (Files.size(file) > LARGEST_CONFIG) {
        throw InvalidInputException.of("%s has %d bytes but at most %d are allowed.", file, Files.size(file), LARGEST_CONFIG);
      }
      return parse(file.toString(), Files.readAllBytes(file));
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be read: %s.".formatted(file, e.getMessage()), e);
    }
  }

  /** Reads a configuration from JSON; mistakes name the file. */
  public static ModelConfig parse(String file, byte[] json) {
    try {
      Map<String, Object> map = JSON.readValue(json, new TypeReference<Map<String, Object>>() {});
      if (map == null) {
        throw InvalidInputException.of("%s holds no JSON object.", file);
      }
      return ModelConfig.fromMap(map);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException("%s is not a JSON object: %s, line %d.".formatted(file,
          String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse(""),
          e.getLocation() == null ? 1 : e.getLocation().getLineNr()), e);
    } catch (InvalidInputException e) {
      throw new InvalidInputException("In %s: %s".formatted(file, e.getMessage()), e);
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be read: %s.".formatted(file, e.getMessage()), e);
    }
  }

  /** Maps the weights. */
  public WeightSource weights(Arena arena) {
    return SafetensorsFile.open(folder.resolve(WEIGHTS), arena);
  }

  /**
   * Writes configuration and weights; makes the folder where it does not exist.
   *
   * @throws InvalidInputException if that is not possible
   */
  public void write(ModelConfig config, WeightSource weights, ProgressListener progress) {
    try {
      Files.createDirectories(folder);
      new SafetensorsWriter(folder.resolve(WEIGHTS)).write(weights, progress);
      Path partial = folder.resolve(CONFIG + ".partial");
      Files.write(partial, JSON.writeValueAsBytes(config.toMap()));
      Files.move(partial, folder.resolve(CONFIG), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new InvalidInputException("The model folder %s can't be written: %s.".formatted(folder, e.getMessage()), e);
    }
  }

  /**
   * As {@link #write(ModelConfig, WeightSource, ProgressListener)}, of weights that come one after another.
   *
   * @throws InvalidInputException if that is not possible, or the weights can't be made; then nothing is left behind
   */
  public void write(ModelConfig config, WeightStream weights, ProgressListener progress) {
    boolean made = !Files.exists(folder);
    try {
      Files.createDirectories(folder);
      boolean written = false;
      try {
        StreamedSafetensors.write(folder.resolve(WEIGHTS), weights, progress);
        written = true;
      } finally {
        if (made && !written) {
          Files.deleteIfExists(folder);
        }
      }
      Path partial = folder.resolve(CONFIG + ".partial");
      Files.write(partial, JSON.writeValueAsBytes(config.toMap()));
      Files.move(partial, folder.resolve(CONFIG), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new InvalidInputException("The model folder %s can't be written: %s.".formatted(folder, e.getMessage()), e);
    }
  }
}
