package org.terraformer.app.format;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
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
      throw InvalidInputException.of(StagedFolder.isUnfinished(folder)
          ? "The model folder %s has no %s yet: its writing goes on, or was interrupted and has to be done again."
          : "The model folder %s has no %s.", folder, CONFIG);
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
    return reading(() -> ModelFiles.of(folder)).stream().filter(file -> !isConfigurationOrWeights(file)).collect(
        Collectors.toMap(file -> file.getFileName().toString(), file -> file));
  }

  private static boolean isConfigurationOrWeights(Path file) {
    String name = file.getFileName().toString();
    return ModelFiles.isConfiguration(name) || ModelFiles.isWeights(name);
  }

  private interface Listing {
    List<Path> files() throws IOException;
  }

  private List<Path> reading(Listing listing) {
    try {
      return listing.files();
    } catch (IOException e) {
      throw new InvalidInputException("The model folder %s can't be read: %s.".formatted(folder, Reason.of(e)), e);
    }
  }

  /**
   * How a model is written.
   *
   * @param shardBytes the most bytes of tensors in one file
   * @param replace whether a model that is in the folder may be replaced: its configuration, weights and vocabulary
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
   * The vocabulary of a model that was there goes with it; files that belong to no model stay.
   *
   * @throws InvalidInputException if that is not possible, the folder holds a model that may not be replaced, another program
   *     writes there, or the weights can't be made
   */
  public void write(ModelConfig config, WeightStream weights, WriteOptions options, ProgressListener progress) {
    checkReplaceable(options);
    try (StagedFolder staged = new StagedFolder(folder)) {
      new SafetensorsWriter(staged.stage(), folder, options.shardBytes).write(weights, progress);
      for (Map.Entry<String, Path> file : options.companions.entrySet()) {
        Files.copy(file.getValue(), staged.stage().resolve(file.getKey()));
      }
      Files.write(staged.stage().resolve(CONFIG), JsonFile.bytes(config.toMap()));
      staged.publish();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /**
   * Brings a folder in order in which a program was ended in the midst of writing: the new model takes the old one's place if all
   * of it was written, else what there is of it is deleted.
   *
   * @throws InvalidInputException if that is not possible, or another program writes there
   */
  public void settle() {
    if (Files.isDirectory(folder)) {
      try {
        StagedFolder.settle(folder);
      } catch (IOException e) {
        throw unwritable(e);
      }
    }
  }

  private InvalidInputException unwritable(IOException e) {
    return new InvalidInputException("The model folder %s can't be written: %s.".formatted(folder, Reason.of(e)), e);
  }

  /**
   * Checks that a model may be written here, for those who would rather know before they work for it.
   *
   * @throws InvalidInputException if the folder is a file, or holds a model that may not be replaced
   */
  public void checkReplaceable(WriteOptions options) {
    if (!Files.exists(folder)) {
      return;
    }
    if (!Files.isDirectory(folder)) {
      throw InvalidInputException.of("The model folder %s can't be written: it is a file.", folder);
    }
    if (options.replace) {
      return;
    }
    if (StagedFolder.isUnfinished(folder)) {
      throw InvalidInputException.of(
          "The folder %s already holds a model, whose writing was interrupted; give a folder without one, or --overwrite.",
          folder);
    }
    List<Path> old = reading(() -> ModelFiles.replaced(folder, options.companions.keySet()));
    if (!old.isEmpty()) {
      String name = old.getFirst().getFileName().toString();
      throw InvalidInputException.of("The folder %s already holds a %s (%s); give a folder without one, or --overwrite.",
          folder, ModelFiles.isVocabulary(name) ? "vocabulary" : "model", name);
    }
  }
}
