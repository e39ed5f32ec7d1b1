package org.terraformer.app.format;

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
    return parsed(file.toString(), JsonFile.read(file));
  }

  /** Reads a configuration from JSON; mistakes name the file. */
  public static ModelConfig parse(String file, byte[] json) {
    return parsed(file, JsonFile.parse(file, json));
  }

  private static ModelConfig parsed(String file, Map<String, Object> fields) {
    try {
      return ModelConfig.fromMap(fields);
    } catch (InvalidInputException e) {
      throw new InvalidInputException("In %s: %s".formatted(file, e.getMessage()), e);
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
      Files.write(partial, JsonFile.bytes(config.toMap()));
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
      Files.write(partial, JsonFile.bytes(config.toMap()));
      Files.move(partial, folder.resolve(CONFIG), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new InvalidInputException("The model folder %s can't be written: %s.".formatted(folder, e.getMessage()), e);
    }
  }
}
