package org.terraformer.app.format;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.Models;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.progress.ProgressListener;

/** A model as a folder: {@code config.json}, {@code model.safetensors} or shards with an index, and the file of its tokenizer. */
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
    if (!Files.isReadable(folder) || !Files.isExecutable(folder)) {
      throw InvalidInputException.of("The model folder %s can't be read: permission denied.", folder);
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
    return namingFile(file, () -> ModelConfig.fromMap(fields));
  }

  /**
   * Records the model of this configuration, which was read here.
   *
   * @throws InvalidInputException naming the file and the field that names no layer type, or one that does not fit
   */
  public Program program(ModelConfig config, LayerTypes types) {
    return namingFile(folder.resolve(CONFIG).toString(), () -> Models.record(config, types));
  }

  private static <T> T namingFile(String file, Supplier<T> work) {
    try {
      return work.get();
    } catch (InvalidInputException e) {
      throw new InvalidInputException("In %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /**
   * Maps the weights: {@code model.safetensors}, or the shards that {@code model.safetensors.index.json} names.
   *
   * @param arena how long the weights live
   * @throws InvalidInputException naming what is missing or wrong
   */
  public WeightSource weights(Arena arena) {
    Path single = folder.resolve(WEIGHTS);
    Path index = folder.resolve(SafetensorsShards.INDEX);
    if (Files.exists(single) && Files.exists(index)) {
      throw InvalidInputException.of("The model folder %s has both %s and %s; only one of them is allowed.",
          folder, WEIGHTS, SafetensorsShards.INDEX);
    }
    if (Files.exists(index)) {
      return SafetensorsShards.open(index, arena);
    }
    if (!Files.exists(single)) {
      throw InvalidInputException.of("The model folder %s has neither %s nor %s.", folder, WEIGHTS, SafetensorsShards.INDEX);
    }
    return SafetensorsFile.open(single, arena);
  }

  /** The files that are neither configuration nor weights, as the tokenizer's, by their names. */
  public Map<String, Path> companions() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).filter(file -> !isConfigOrWeights(file)).collect(
          Collectors.toMap(file -> file.getFileName().toString(), file -> file));
    } catch (IOException e) {
      throw new InvalidInputException("The model folder %s can't be read: %s.".formatted(folder, Reason.of(e)), e);
    }
  }

  private static boolean isConfigOrWeights(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith(".") || name.equals(CONFIG) || name.equals(SafetensorsShards.INDEX) || name.endsWith(".safetensors");
  }

  /**
   * How a model is written.
   *
   * @param shardBytes the most bytes of tensors in one file
   * @param replace whether a model that is in the folder may be replaced
   * @param companions further files to copy into the folder, as the tokenizer's, by their names there
   */
  public record WriteOptions(long shardBytes, boolean replace, Map<String, Path> companions) {
    /** One file of weights, in a folder without a model. */
    public static final WriteOptions DEFAULT = new WriteOptions(Long.MAX_VALUE, false, Map.of());
  }

  /** Writes configuration and weights that are there, with the default options. */
  public void write(ModelConfig config, WeightSource weights, ProgressListener progress) {
    write(config, WeightStream.of(weights), WriteOptions.DEFAULT, progress);
  }

  /**
   * Writes configuration and weights; makes the folder where it does not exist. Either all is written or nothing is left behind.
   *
   * @throws InvalidInputException if that is not possible, the folder holds a model that may not be replaced, or the weights
   *     can't be made
   */
  public void write(ModelConfig config, WeightStream weights, WriteOptions options, ProgressListener progress) {
    List<Path> old = replaceable(options.replace);
    try (StagedFolder staged = new StagedFolder(folder)) {
      new SafetensorsWriter(staged.stage(), folder, options.shardBytes).write(weights, progress);
      for (Map.Entry<String, Path> file : options.companions.entrySet()) {
        Files.copy(file.getValue(), staged.stage().resolve(file.getKey()));
      }
      Files.write(staged.stage().resolve(CONFIG), JsonFile.bytes(config.toMap()));
      List<Path> written = staged.publish(CONFIG);
      for (Path file : old) {
        if (!written.contains(file)) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new InvalidInputException("The model folder %s can't be written: %s.".formatted(folder, Reason.of(e)), e);
    }
  }

  /**
   * Whether a model may be written here, for those who would rather know before they work for it.
   *
   * @param replace whether a model that is in the folder may be replaced
   * @return the files of the model that is in the folder
   * @throws InvalidInputException if the folder is a file, or holds a model that may not be replaced
   */
  public List<Path> replaceable(boolean replace) {
    if (!Files.exists(folder)) {
      return List.of();
    }
    if (!Files.isDirectory(folder)) {
      throw InvalidInputException.of("The model folder %s can't be written: it is a file.", folder);
    }
    List<Path> old = oldFiles();
    if (!old.isEmpty() && !replace) {
      throw InvalidInputException.of("The folder %s already holds a model (%s); give a folder without one, or --overwrite.",
          folder, old.getFirst().getFileName());
    }
    return old;
  }

  private List<Path> oldFiles() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> !file.getFileName().toString().startsWith(".") && isConfigOrWeights(file)).sorted().toList();
    } catch (IOException e) {
      throw new InvalidInputException("The model folder %s can't be read: %s.".formatted(folder, Reason.of(e)), e);
    }
  }
}
