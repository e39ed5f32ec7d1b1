package org.terraformer.app.experiment;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.terraformer.app.data.TextFile;
import org.terraformer.app.data.TokenizerTraining;
import org.terraformer.app.text.TokenizerFiles;
import org.terraformer.app.text.Tokenizers;
import org.terraformer.app.training.PreparedTraining;
import org.terraformer.app.training.TrainingFolder;
import org.terraformer.app.training.TrainingLock;
import org.terraformer.app.training.TrainingObserver;
import org.terraformer.app.training.TrainingPlan;
import org.terraformer.app.training.TrainingSession;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.training.TextData;
import org.terraformer.domain.training.TrainingConfig;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.text.Tokenizer;

/**
 * The trainings of a comparison: a folder with the {@code tokenizer.json} that all share, their tokens, and a training folder
 * for each in {@code runs}.
 *
 * @param out the folder
 * @param texts the folder with the texts that the plan names
 * @param threads that update the weights
 */
public record ParityRuns(ParityPlan plan, ParityResults results, Path out, Path texts, LayerTypes types, Backend backend,
    int threads) {

  private List<Path> files(List<String> names) {
    return names.stream().map(texts::resolve).toList();
  }

  private Path tokenizerFile() {
    return out.resolve("tokenizer.json");
  }

  private TrainingFolder folder(ParityRow row, int seed) {
    return new TrainingFolder(out.resolve("runs").resolve(row.run(seed)));
  }

  private TrainingPlan training(ParityRow row, int seed) {
    return new TrainingPlan(row.config(seed), files(plan.data()), files(plan.validation()), List.of(TextFile.FIELD), out.resolve("cache"));
  }

  /**
   * Checks all that can be checked before anything is written.
   *
   * @throws InvalidInputException if a text is missing, or a training was begun in another way than the plan has it
   */
  public void check(List<ParityRow> rows) {
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw InvalidInputException.of("--out %s is a file; it must be a folder.", out);
    }
    for (ParityRow row : rows) {
      for (int seed : results.missing(row)) {
        training(row, seed).checkFiles();
        TrainingFolder folder = folder(row, seed);
        if (folder.begun()) {
          try {
            checkContinues(training(row, seed), folder);
            folder.checkTexts(training(row, seed));
          } catch (InvalidInputException e) {
            throw new InvalidInputException("In %s: %s".formatted(folder.path(), e.getMessage()), e);
          }
        }
      }
    }
  }

  private static void checkContinues(TrainingPlan plan, TrainingFolder folder) {
    try (Tokenizer tokenizer = folder.keptTokenizer().tokenizer()) {
      plan.endedBy(tokenizer).config().checkContinues(folder.plan().endedBy(tokenizer).config());
    }
  }

  /** The tokenizer that all trainings share; it is made where it is not there yet. */
  public TokenizerFiles tokenizer(ProgressListener progress) {
    if (!Files.exists(tokenizerFile())) {
      TokenizerTraining.run(
          files(plan.data()).stream().map(TextFile::new).toList(), plan.vocabularySize(), tokenizerFile(), progress);
    }
    return Tokenizers.at(tokenizerFile());
  }

  /**
   * Trains a row with a seed, from where its folder says that it is, and keeps the result.
   *
   * @return whether it came to the end
   */
  public boolean train(ParityRow row, int seed, TokenizerFiles tokenizer, TrainingObserver observer, ProgressListener progress) {
    TrainingConfig config = row.config(seed);
    TrainingPlan training = training(row, seed).endedBy(tokenizer.tokenizer());
    TrainingFolder folder = folder(row, seed);
    try (Arena arena = Arena.ofShared(); PreparedTraining prepared = new PreparedTraining(
        training.config(), types, backend, threads, Optional.of(tokenizer.tokenizer()), progress)) {
      if (!(training.open(tokenizer, arena, progress) instanceof TextData data)) {
        throw new InvalidInputException("models are compared on texts only, so data must be of the type text.");
      }
      results.checkComparable(tokenizer.fingerprint(), data.trainingTokens());
      try (TrainingLock _ = folder.lock()) {
        folder.begin(training, tokenizer);
        if (!new TrainingSession(prepared, data, folder).run(observer)) {
          return false;
        }
      }
      results.add(row, RowResult.of(row, config, tokenizer.fingerprint(), data.trainingTokens(), backend.description(),
          folder.figures()));
      return true;
    } catch (InvalidInputException e) {
      throw new InvalidInputException("Row %s, seed %d: %s".formatted(row.name(), seed, e.getMessage()), e);
    }
  }

  /** Measures decoding of all rows and keeps the figures. */
  public void measureDecoding(int tokens, ProgressListener progress) {
    results.add(DecodeFigures.measure(plan, tokens, backend, types, progress));
  }
}
