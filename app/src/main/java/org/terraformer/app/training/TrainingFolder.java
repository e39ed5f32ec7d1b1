package org.terraformer.app.training;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.terraformer.app.data.FileDigest;
import org.terraformer.app.format.FolderLock;
import org.terraformer.app.format.JsonFile;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.app.format.Reason;
import org.terraformer.app.format.ReplacedFile;
import org.terraformer.app.format.TensorFile;
import org.terraformer.app.format.WeightStream;
import org.terraformer.app.text.TokenizerFiles;
import org.terraformer.app.text.Tokenizers;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;

/**
 * Where a training is kept: {@code training.json}, what it was told; {@code state.safetensors}, all that it needs to go on,
 * replaced at once; the models {@code best} and {@code last}; {@code metrics.jsonl}, {@code curves.svg} and {@code samples.txt}.
 */
public final class TrainingFolder {
  private static final String RUN = "training.json";
  private static final String STATE = "state.safetensors";
  private static final String DIGESTS = "texts_sha256";
  private static final String FROM = "from";

  private final Path folder;

  public TrainingFolder(Path folder) {
    this.folder = folder;
  }

  public Path path() {
    return folder;
  }

  Path state() {
    return folder.resolve(STATE);
  }

  Path metrics() {
    return folder.resolve("metrics.jsonl");
  }

  Path curves() {
    return folder.resolve("curves.svg");
  }

  Path samples() {
    return folder.resolve("samples.txt");
  }

  /** Where the files of the tokenizer are kept, so that the training does not depend on where they came from. */
  public Path tokenizer() {
    return folder.resolve("tokenizer");
  }

  /** The tokenizer that the training was begun with; bytes, if it needs no files. */
  public TokenizerFiles keptTokenizer() {
    String[] names = tokenizer().toFile().list();
    return names == null || names.length == 0 ? Tokenizers.bytes() : Tokenizers.at(tokenizer());
  }

  /** The model with the least loss so far. */
  public Path best() {
    return folder.resolve("best");
  }

  /** The model as it was saved last. */
  public Path last() {
    return folder.resolve("last");
  }

  /** The figures so far, in the order of their steps: one object for each line of the metrics. */
  public List<JsonNode> figures() {
    return new MetricsLog(metrics()).lines();
  }

  /** Whether a training was begun here. */
  public boolean begun() {
    return Files.exists(folder.resolve(RUN));
  }

  /**
   * What the training was told.
   *
   * @throws InvalidInputException if none was begun here
   */
  public TrainingPlan plan() {
    Map<String, Object> told = told();
    told.remove(DIGESTS);
    told.remove(FROM);
    return TrainingPlan.fromMap(told);
  }

  /** Whether the training was begun with the weights of a model. */
  public boolean begunFromModel() {
    return told().get(FROM) != null;
  }

  private Map<String, Object> told() {
    if (!begun()) {
      throw InvalidInputException.of("The folder %s holds no training (%s) to go on with.", folder, RUN);
    }
    return new LinkedHashMap<>(JsonFile.read(folder.resolve(RUN)));
  }

  /**
   * Checks that the texts of a plan are those that the training was begun with, where that is known: of other ones its losses could not be
   * compared.
   *
   * @throws InvalidInputException naming one that is not
   */
  public void checkTexts(TrainingPlan plan) {
    if (!(told().get(DIGESTS) instanceof List<?> begunWith)) {
      return;
    }
    List<Path> texts = plan.texts();
    if (begunWith.size() != texts.size()) {
      throw InvalidInputException.of("The training in %s was begun with %d files of text, not with %d.", folder, begunWith.size(), texts.size());
    }
    for (int i = 0; i < texts.size(); i++) {
      if (!begunWith.get(i).equals(FileDigest.of(texts.get(i)))) {
        throw InvalidInputException.of("The text file %s has changed since the training in %s was begun; a training goes on with the same texts only.",
            texts.get(i), folder);
      }
    }
  }

  /** Begins a training: keeps what it is told, what tells its texts from others, and the tokenizer's files. */
  public void begin(TrainingPlan plan, TokenizerFiles from) {
    Object model = null;
    if (begun()) {
      model = told().get(FROM);
    } else {
      change(() -> Files.deleteIfExists(state()));
    }
    keep(plan, from, model);
  }

  /**
   * As {@link #begin(TrainingPlan, TokenizerFiles)}, with the weights of a model; a training that was begun has them, so they come
   * first.
   */
  public void begin(TrainingPlan plan, TokenizerFiles from, StartingModel model, PreparedTraining prepared) {
    writeState(prepared.beginning());
    keep(plan, from, model.folder().toAbsolutePath().toString());
  }

  private void keep(TrainingPlan plan, TokenizerFiles from, Object model) {
    Map<String, Object> told = new LinkedHashMap<>(plan.toMap());
    told.put(DIGESTS, plan.texts().stream().map(FileDigest::of).toList());
    if (model != null) {
      told.put(FROM, model);
    }
    change(() -> {
      Files.createDirectories(tokenizer());
      for (Map.Entry<String, Path> file : from.byNameInFolder().entrySet()) {
        Path kept = tokenizer().resolve(file.getKey());
        if (!Files.exists(kept)) {
          ReplacedFile.write(kept, partial -> Files.copy(file.getValue(), partial));
        }
      }
      ReplacedFile.write(folder.resolve(RUN), partial -> Files.write(partial, JsonFile.bytes(told)));
    });
  }

  /**
   * Takes the folder for one training, and brings in order what one that was ended in the midst of writing has left: whole
   * models take their places.
   *
   * @throws InvalidInputException if another training has it
   */
  public TrainingLock lock() {
    TrainingLock lock = TrainingLock.of(folder);
    try {
      if (lock.held()) {
        clean();
      }
      return lock;
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private void clean() {
    new ModelFolder(best()).settle();
    new ModelFolder(last()).settle();
    change(() -> {
      for (Path place : List.of(folder, tokenizer())) {
        if (Files.isDirectory(place)) {
          try (Stream<Path> files = Files.list(place)) {
            for (Path partial : files.filter(TrainingFolder::isPartial).toList()) {
              Files.delete(partial);
            }
          }
        }
      }
    });
  }

  private static boolean isPartial(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith(ReplacedFile.PARTIAL) && !name.equals(FolderLock.NAME);
  }

  /** Writes a model; the one that was there stays until then. */
  void write(Path model, ModelConfig config, WeightSource weights) {
    new ModelFolder(model).write(config, WeightStream.of(weights),
        new ModelFolder.WriteOptions(Long.MAX_VALUE, true, tokenizerFiles()), ProgressListener.NONE);
  }

  private Map<String, Path> tokenizerFiles() {
    try (Stream<Path> files = Files.list(tokenizer())) {
      return files.collect(Collectors.toMap(file -> file.getFileName().toString(), file -> file));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  void writeState(WeightSource all) {
    TensorFile.write(state(), all);
  }

  private interface Change {
    void run() throws IOException;
  }

  private void change(Change change) {
    try {
      change.run();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private InvalidInputException failed(IOException e) {
    return new InvalidInputException("The folder %s can't be written: %s.".formatted(folder, Reason.of(e)), e);
  }
}
