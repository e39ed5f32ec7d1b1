package org.terraformer.app.cli;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.terraformer.app.data.TextFile;
import org.terraformer.app.format.JsonFile;
import org.terraformer.app.inject.CompositionRoot;
import org.terraformer.app.library.Settings;
import org.terraformer.app.text.TokenizerFiles;
import org.terraformer.app.text.Tokenizers;
import org.terraformer.app.training.PreparedTraining;
import org.terraformer.app.training.StartingModel;
import org.terraformer.app.training.TrainingFolder;
import org.terraformer.app.training.TrainingLock;
import org.terraformer.app.training.TrainingPlan;
import org.terraformer.app.training.TrainingSession;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.training.PairTask;
import org.terraformer.domain.training.TrainingConfig;
import org.terraformer.domain.training.TrainingData;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.text.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Trains a model. */
@Command(name = "train", mixinStandardHelpOptions = true, version = TerraformerCommand.VERSION, sortOptions = false,
    description = "Trains a model on text, from a configuration file. "
        + "The folder gets the models best and last, the metrics and their picture.",
    footer = {"", "Examples:",
        "  terraformer train --config sparse.json --tokenizer tokenizer.json \\",
        "      --data novels.txt.gz --out run",
        "  terraformer train --config sparse.json --tokenizer tokenizer.json \\",
        "      --data novels.txt.gz --sparse-compute --out fast",
        "  terraformer train --config pairs.json --tokenizer tokenizer.json \\",
        "      --data papers.jsonl.gz --target-field abstract --out run",
        "  terraformer train --config pairs.json --from pretrained/best \\",
        "      --data papers.jsonl.gz --out tuned",
        "  terraformer train --config copy.json --out copy", "  terraformer train --resume --out run",
        "  terraformer generate --model run/best \"It was\""})
final class TrainCommand implements Callable<Integer> {
  private static final int PATIENCE_SECONDS = 300;

  @ParentCommand
  private TerraformerCommand root;

  @Option(names = "--config", paramLabel = "FILE", description = "The training configuration, JSON.")
  private Path config;

  @Option(names = "--data", arity = "1..*", paramLabel = "FILE",
      description = "Text, gzip text, or JSON lines (.jsonl, .jsonl.gz) to train on.")
  private List<Path> data;

  @Option(names = "--validation", arity = "1..*", paramLabel = "FILE",
      description = "Text to validate on; without it the end of the data is put aside.")
  private List<Path> validation;

  @Option(names = "--field", paramLabel = "NAME", description = "The field of JSON lines with the text (text).")
  private String field;

  @Option(names = "--source-field", paramLabel = "NAME",
      description = "For pairs: the field of JSON lines with the source (article).")
  private String sourceField;

  @Option(names = "--target-field", paramLabel = "NAME",
      description = "For pairs: the field of JSON lines with the target (abstract).")
  private String targetField;

  @Option(names = "--tokenizer", paramLabel = "PATH",
      description = "A tokenizer's file, or a folder with one; without it the configuration must name the tokenizer bytes.")
  private Path tokenizer;

  @Option(names = "--cache", paramLabel = "FOLDER",
      description = "Where texts are kept as tokens; the folder cache of --out if not given.")
  private Path cache;

  @Option(names = {"-o", "--out"}, required = true, paramLabel = "FOLDER", description = "The folder of the training.")
  private Path out;

  @Option(names = "--sparse-compute", description = "Compute the chosen units of sparse feed-forward layers alone: "
      + "faster steps, and every choice hard. The same as sparse_compute in the configuration.")
  private boolean sparseCompute;

  @Option(names = "--from", paramLabel = "MODEL", description = "Begin with the weights of the model in this folder, and with "
      + "its tokenizer. What the configuration's model leaves out is as there.")
  private Path from;

  @Option(names = "--resume", description = "Go on with the training that is in the folder.")
  private boolean resume;

  @Option(names = "--json", description = "Print one JSON object at the end.")
  private boolean json;

  @Mixin
  private ComputeOptions compute;

  @Override
  public Integer call() {
    TrainingFolder folder = new TrainingFolder(out);
    check(folder);
    Settings settings = compute.apply(root.settings());
    CompositionRoot library = settings.library();
    Backend backend = root.backend(library, settings);
    Optional<StartingModel> model = Optional.ofNullable(from).map(StartingModel::of);
    TokenizerFiles known = tokenizer(folder, model);
    try {
      TrainingPlan plan = plan(folder, known, model);
      plan.checkFiles();
      if (resume) {
        folder.checkTexts(plan);
      }
      Optional<Tokenizer> read = plan.config().data().needsTexts() ? Optional.of(known.tokenizer()) : Optional.empty();
      try (Arena arena = Arena.ofShared(); PreparedTraining prepared = new PreparedTraining(
          plan.config(), library.layerTypes(), backend, settings.threads(), read, root.progress(json))) {
        model.ifPresent(start -> start(prepared, start, plan.config()));
        TrainingData texts = plan.open(known, arena, root.progress(json));
        try (TrainingLock _ = folder.lock()) {
          checkBegun(folder);
          if (model.isPresent()) {
            folder.begin(plan, known, model.get(), prepared);
          } else if (!resume || config != null) {
            folder.begin(plan, known);
          }
          return train(new TrainingSession(prepared, texts, folder), plan.config());
        }
      }
    } finally {
      known.tokenizer().close();
    }
  }

  private void start(PreparedTraining prepared, StartingModel model, TrainingConfig told) {
    prepared.startFrom(model);
    List<String> differences = model.differences(told.model());
    if (!differences.isEmpty()) {
      root.note("the weights of %s fit, though that model is configured otherwise in: %s".formatted(
          model.folder(), String.join(", ", differences)));
    }
  }

  private void check(TrainingFolder folder) {
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw InvalidInputException.of("--out %s is a file; it must be a folder.", out);
    }
    if (resume) {
      folder.plan();
      folder.lock().close(); // so that a second training is refused before it is prepared
      if (given(data, validation, tokenizer, field, sourceField, targetField, cache)) {
        throw new InvalidInputException(
            "--resume goes on with the texts and the tokenizer that the training has; only --config may come with it.");
      }
      if (from != null) {
        throw new InvalidInputException(
            "--from is for the start of a training; --resume goes on with the weights that the training has.");
      }
      if (sparseCompute && config == null) {
        throw new InvalidInputException(
            "--sparse-compute is for the start of a training, or comes with the --config that began it.");
      }
    } else {
      checkBegun(folder);
      if (config == null) {
        throw new InvalidInputException("--config is missing; a training needs --config and --data, or --resume.");
      }
    }
  }

  private void checkBegun(TrainingFolder folder) {
    if (!resume && folder.begun()) {
      throw InvalidInputException.of("The folder %s holds a training already; --resume goes on with it.", out);
    }
  }

  private TokenizerFiles tokenizer(TrainingFolder folder, Optional<StartingModel> model) {
    if (resume) {
      return folder.keptTokenizer();
    }
    if (model.isPresent()) {
      return model.get().tokenizer(Optional.ofNullable(tokenizer));
    }
    return tokenizer == null ? Tokenizers.bytes() : Tokenizers.at(tokenizer);
  }

  private TrainingPlan plan(TrainingFolder folder, TokenizerFiles known, Optional<StartingModel> model) {
    TrainingPlan begun = resume ? ended(folder.plan(), known) : null;
    if (begun != null && config == null) {
      return begun;
    }
    TrainingConfig read = read(known, begun != null && folder.begunFromModel() ? Optional.of(begun.config().model())
        : model.map(StartingModel::config));
    if (begun != null) {
      TrainingPlan again = ended(new TrainingPlan(read, begun.data(), begun.validation(), begun.fields(), begun.cache()), known);
      again.config().checkContinues(begun.config());
      return again;
    }
    checkFiles(read);
    return ended(new TrainingPlan(read, data == null ? List.of() : data, validation == null ? List.of() : validation,
        fields(read), cache == null ? out.resolve("cache") : cache), known);
  }

  private static TrainingPlan ended(TrainingPlan plan, TokenizerFiles known) {
    if (plan.config().data().needsTexts()) {
      checkTokenizer(plan.config().model(), known);
    }
    return plan.endedBy(known.tokenizer());
  }

  private void checkFiles(TrainingConfig read) {
    if (read.data().needsTexts() && data == null) {
      throw new InvalidInputException("--data is missing; a training needs --config and --data, or --resume.");
    }
    if (!read.data().needsTexts() && given(data, validation, tokenizer, field, sourceField, targetField, cache)) {
      throw new InvalidInputException("The configuration's data are made, not read, so neither files with texts, "
          + "nor their fields, nor a tokenizer, nor a cache may be given.");
    }
    boolean pairs = read.data() instanceof PairTask;
    if (pairs ? field != null : given(sourceField, targetField)) {
      throw new InvalidInputException(pairs ? "Pairs have a --source-field and a --target-field, and no --field."
          : "--source-field and --target-field are for data of the type pairs only.");
    }
  }

  private static boolean given(Object... options) {
    return Stream.of(options).anyMatch(each -> each != null);
  }

  private List<String> fields(TrainingConfig read) {
    return read.data() instanceof PairTask
        ? List.of(sourceField == null ? SummaryFields.SOURCE : sourceField,
            targetField == null ? SummaryFields.TARGET : targetField)
        : List.of(field == null ? TextFile.FIELD : field);
  }

  /**
   * Reads the configuration.
   *
   * @param model completes the model of a training that begins with another's weights
   */
  private TrainingConfig read(TokenizerFiles known, Optional<ModelConfig> model) {
    if (!Files.isRegularFile(config)) {
      throw InvalidInputException.of("There is no training configuration %s.", config);
    }
    try {
      Map<String, Object> told = new LinkedHashMap<>(JsonFile.read(config));
      model.ifPresent(complete -> told.put("model", StartingModel.completed(told.get("model"), complete)));
      if (sparseCompute) {
        told.put(TrainingConfig.SPARSE_COMPUTE, true);
      }
      return TrainingConfig.fromMap(told, known.tokenizer().vocabularySize());
    } catch (InvalidInputException e) {
      throw new InvalidInputException("In %s: %s".formatted(config, e.getMessage()), e);
    }
  }

  /** Finds mistakes in what tokenizer and model know of each other, before anything is written. */
  private static void checkTokenizer(ModelConfig model, TokenizerFiles known) {
    boolean bytes = model.tokenizer().isPresent();
    if (known.files().isEmpty() != bytes) {
      throw new InvalidInputException(bytes ? "The model's configuration names a tokenizer, so --tokenizer must not be given."
          : "A tokenizer is missing: give --tokenizer, or the field model.tokenizer bytes.");
    }
    if (known.tokenizer().vocabularySize() > model.vocabularySize()) {
      throw InvalidInputException.of("The tokenizer has %d ids but the model's vocabulary only %d.",
          known.tokenizer().vocabularySize(), model.vocabularySize());
    }
  }

  private int train(TrainingSession session, TrainingConfig told) {
    Interruption interruption = root.terminal().interruption();
    interruption.attend(PATIENCE_SECONDS);
    try (TrainingDisplay display = root.trainingDisplay(json, told.steps())) {
      long first = session.step();
      if (first > 0) {
        root.note("going on after step %,d".formatted(first));
      } else {
        told.restartedRate().ifPresent(last -> root.note(last.sentence()));
      }
      boolean ended = session.run(display);
      display.close();
      boolean validated = Double.isFinite(session.bestLoss());
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("steps", session.step());
      result.put("parameters", session.parameters());
      result.put("best_validation_loss", validated ? session.bestLoss() : null);
      result.put("best_validation_perplexity", validated ? Math.exp(session.bestLoss()) : null);
      if (json) {
        root.terminal().out().println(Json.write(result));
      } else {
        root.figures("%,d steps of %,d, %,d parameters%s%s".formatted(session.step(), told.steps(), session.parameters(),
            validated ? ", best validation perplexity %.4f".formatted(Math.exp(session.bestLoss())) : "",
            ended ? "" : ", interrupted; --resume goes on"));
      }
      return ended ? 0 : Interruption.EXIT_CODE;
    }
  }
}
