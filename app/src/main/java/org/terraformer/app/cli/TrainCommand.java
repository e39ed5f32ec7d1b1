package org.terraformer.app.cli;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.terraformer.app.data.TextFile;
import org.terraformer.app.format.JsonFile;
import org.terraformer.app.inject.CompositionRoot;
import org.terraformer.app.library.Settings;
import org.terraformer.app.text.TokenizerFiles;
import org.terraformer.app.text.Tokenizers;
import org.terraformer.app.training.TrainingData;
import org.terraformer.app.training.TrainingFolder;
import org.terraformer.app.training.TrainingPlan;
import org.terraformer.app.training.TrainingSession;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.domain.training.TrainingConfig;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;
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
        "  terraformer train --resume --out run", "  terraformer generate --model run/best \"It was\""})
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

  @Option(names = "--tokenizer", paramLabel = "PATH",
      description = "A tokenizer's file, or a folder with one; without it the configuration must name the tokenizer bytes.")
  private Path tokenizer;

  @Option(names = "--cache", paramLabel = "FOLDER",
      description = "Where texts are kept as tokens; the folder cache of --out if not given.")
  private Path cache;

  @Option(names = {"-o", "--out"}, required = true, paramLabel = "FOLDER", description = "The folder of the training.")
  private Path out;

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
    CompositionRoot library = CompositionRoot.of(settings.threads(), settings.device(), settings.extensions());
    Backend backend = ComputeOptions.backend(library, settings);
    TokenizerFiles known = tokenizer(folder);
    try {
      TrainingPlan plan = plan(folder, known);
      checkModel(plan.config().model(), known, library);
      plan.checkFiles();
      try (Arena arena = Arena.ofShared()) {
        TrainingData texts = plan.open(known, arena, root.progress(json));
        if (!folder.begun() || config != null) {
          folder.begin(plan.toMap(), known.files());
        }
        return train(new TrainingSession(plan.config(), library.layerTypes(), backend, settings.threads(), texts,
            Optional.of(known.tokenizer()), folder, root.progress(json)), plan.config());
      }
    } finally {
      known.tokenizer().close();
    }
  }

  private void check(TrainingFolder folder) {
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw InvalidInputException.of("--out %s is a file; it must be a folder.", out);
    }
    if (resume) {
      folder.told();
      if (data != null || validation != null || tokenizer != null || field != null || cache != null) {
        throw new InvalidInputException(
            "--resume goes on with the texts and the tokenizer that the training has; only --config may come with it.");
      }
    } else if (folder.begun()) {
      throw InvalidInputException.of("The folder %s holds a training already; --resume goes on with it.", out);
    } else if (config == null || data == null) {
      throw InvalidInputException.of("%s is missing; a training needs --config and --data, or --resume.",
          config == null ? "--config" : "--data");
    }
  }

  private TokenizerFiles tokenizer(TrainingFolder folder) {
    Path place = resume ? folder.tokenizer() : tokenizer;
    if (place == null || resume && isEmpty(place)) {
      return Tokenizers.bytes();
    }
    return Tokenizers.at(place);
  }

  private static boolean isEmpty(Path place) {
    String[] names = place.toFile().list();
    return names == null || names.length == 0;
  }

  private TrainingPlan plan(TrainingFolder folder, TokenizerFiles known) {
    TrainingPlan begun = resume ? TrainingPlan.fromMap(folder.told()) : null;
    if (begun != null && config == null) {
      return begun;
    }
    TrainingConfig read = read(known);
    if (begun != null) {
      read.checkContinues(begun.config());
      return new TrainingPlan(read, begun.data(), begun.validation(), begun.field(), begun.cache());
    }
    return new TrainingPlan(read, data, validation == null ? List.of() : validation, field == null ? TextFile.FIELD : field,
        cache == null ? out.resolve("cache") : cache);
  }

  private TrainingConfig read(TokenizerFiles known) {
    if (!Files.isRegularFile(config)) {
      throw InvalidInputException.of("There is no training configuration %s.", config);
    }
    try {
      return TrainingConfig.fromMap(JsonFile.read(config), known.tokenizer().vocabularySize());
    } catch (InvalidInputException e) {
      throw new InvalidInputException("In %s: %s".formatted(config, e.getMessage()), e);
    }
  }

  /** Finds mistakes in the layers, and in what tokenizer and model know of each other, before anything is written. */
  private void checkModel(ModelConfig model, TokenizerFiles known, CompositionRoot library) {
    TransformerLm.record(model, library.layerTypes());
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

  private int train(TrainingSession opened, TrainingConfig told) {
    Interruption interruption = root.terminal().interruption();
    interruption.attend(PATIENCE_SECONDS);
    try (TrainingSession session = opened; TrainingDisplay display = root.trainingDisplay(json, told.steps())) {
      long first = session.step();
      if (first > 0) {
        root.note("going on after step %,d".formatted(first));
      }
      boolean ended = session.run(display);
      display.close();
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("steps", session.step());
      result.put("parameters", session.parameters());
      result.put("best_validation_loss", Double.isFinite(session.bestLoss()) ? session.bestLoss() : null);
      result.put("best_validation_perplexity", Double.isFinite(session.bestLoss()) ? Math.exp(session.bestLoss()) : null);
      if (json) {
        root.terminal().out().println(Json.write(result));
      } else {
        root.figures("%,d steps of %,d, %,d parameters, best validation perplexity %.4f%s".formatted(session.step(), told.steps(),
            session.parameters(), Math.exp(session.bestLoss()), ended ? "" : ", interrupted; --resume goes on"));
      }
      return ended ? 0 : Interruption.EXIT_CODE;
    }
  }
}
