package org.terraformer.app.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.terraformer.app.data.TextFile;
import org.terraformer.app.evaluation.EvaluatedModel;
import org.terraformer.app.evaluation.HeldOutEvaluation;
import org.terraformer.app.evaluation.LastWordEvaluation;
import org.terraformer.app.evaluation.MinimalPairEvaluation;
import org.terraformer.app.evaluation.TextEvaluation;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.app.inject.CompositionRoot;
import org.terraformer.app.library.BackendChoice;
import org.terraformer.app.library.Settings;
import org.terraformer.app.training.TrainingFolder;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Measures how well a model predicts. */
@Command(name = "evaluate", mixinStandardHelpOptions = true, version = TerraformerCommand.VERSION, sortOptions = false,
    description = "Measures a model: perplexity and bits per byte of a text, LAMBADA's last words, BLiMP's minimal pairs, "
        + "what a training held out; or summaries, by ROUGE.",
    footer = {"", "Examples:", "  terraformer evaluate --model run/best --text valid.txt.gz",
        "  terraformer evaluate --model run/best --lambada lambada.jsonl.gz --json",
        "  terraformer evaluate --model run/best --blimp BLiMP.zip --limit 100", "  terraformer evaluate --training copy",
        "  terraformer evaluate --rouge valid.jsonl.gz --lead 3", "  terraformer evaluate --rouge valid.jsonl.gz --candidates ours.jsonl"})
final class EvaluateCommand implements Runnable {
  private static final Set<String> OF_MODELS =
      Set.of("--model", "--context", "--batch", "--backend", "--fallback", "--device", "--threads");
  private static final Set<String> OF_WINDOWS = Set.of("--context", "--batch", "--limit");

  @ParentCommand
  private TerraformerCommand root;

  @Spec
  private CommandSpec spec;

  @Option(names = {"-m", "--model"}, paramLabel = "FOLDER", description = "The model's folder; without it the embedded model.")
  private Path model;

  @Option(names = "--text", paramLabel = "FILE", description = "Perplexity and bits per byte: text, gzip text, or JSON lines.")
  private Path text;

  @Option(names = "--lambada", paramLabel = "FILE", description = "Accuracy of the last word of each passage: JSON lines.")
  private Path lambada;

  @Option(names = "--blimp", paramLabel = "FILE", description = "Accuracy on minimal pairs: a zip file with JSON lines.")
  private Path blimp;

  @Option(names = "--training", paramLabel = "FOLDER",
      description = "Loss and accuracy on what this training held out, of its best model if --model is not given.")
  private Path training;

  @Mixin
  private RougeOptions rouge;

  @Option(names = "--field", paramLabel = "NAME", description = "The field of JSON lines with the text (text).")
  private String field;

  @Option(names = "--context", paramLabel = "N", defaultValue = "0",
      description = "Tokens of a window; all that the model knows, at most 1024, if not given.")
  private int context;

  @Option(names = "--stride", paramLabel = "N",
      description = "With --text: by how much the window moves; half of it if not given. "
          + "The validations of a training move it by its length.")
  private Integer stride;

  @Option(names = "--batch", paramLabel = "N", defaultValue = "8",
      description = "Windows that are run together (${DEFAULT-VALUE}).")
  private int batch;

  @Option(names = "--limit", paramLabel = "N", defaultValue = "0",
      description = "At most so many tokens, passages, summaries, or pairs of each paradigm; all if not given.")
  private int limit;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Mixin
  private ComputeOptions compute;

  @Override
  public void run() {
    check();
    if (rouge.given()) {
      printRouge(rouge.figures(limit, root.progress(json)));
      return;
    }
    Settings settings = compute.apply(root.settings());
    CompositionRoot library = settings.library();
    BackendChoice choice = BackendChoice.of(library, settings);
    ProgressListener progress = root.progress(json);
    if (training != null) {
      TrainingFolder folder = new TrainingFolder(training);
      print(HeldOutEvaluation.run(
          folder, new ModelFolder(model == null ? folder.best() : model), library, choice, root::note, progress));
      return;
    }
    try (EvaluatedModel evaluated =
        EvaluatedModel.open(Optional.ofNullable(model), library, choice, context, batch, progress)) {
      evaluated.note().ifPresent(root::note);
      Map<String, Object> figures = new LinkedHashMap<>(figures(evaluated, progress));
      figures.put("backend", evaluated.backend());
      print(figures);
    }
  }

  private void check() {
    if (Stream.of(text, lambada, blimp, training).filter(each -> each != null).count() + (rouge.given() ? 1 : 0) != 1) {
      throw new InvalidInputException("Give either --text, --lambada, --blimp, --training or --rouge.");
    }
    rouge.check();
    if (stride != null && text == null) {
      throw new InvalidInputException("--stride is for --text only.");
    }
    if (stride != null && stride < 1) {
      throw InvalidInputException.of("--stride is %d but must be 1 or more.", stride);
    }
    if (field != null && text == null && lambada == null) {
      throw new InvalidInputException("--field is for --text and --lambada only.");
    }
    if (rouge.given()) {
      refuse("--rouge compares texts without a model, so %s must not be given.", OF_MODELS);
    }
    if (training != null) {
      refuse("--training says what is evaluated, so %s must not be given.", OF_WINDOWS);
    }
    if (limit < 0) {
      throw InvalidInputException.of("--limit is %d but must be 1 or more, or 0 for all.", limit);
    }
  }

  private void refuse(String sentence, Set<String> options) {
    spec.commandLine().getParseResult().matchedOptions().stream().map(OptionSpec::longestName).filter(options::contains).findFirst()
        .ifPresent(option -> {
          throw InvalidInputException.of(sentence, option);
        });
  }

  private Map<String, Object> figures(EvaluatedModel evaluated, ProgressListener progress) {
    String named = field == null ? TextFile.FIELD : field;
    if (text != null) {
      return TextEvaluation.run(evaluated, text, named, stride == null ? 0 : stride, limit, progress);
    }
    return lambada != null ? LastWordEvaluation.run(evaluated, lambada, named, limit, progress)
        : MinimalPairEvaluation.run(evaluated, blimp, limit, progress);
  }

  private void print(Map<String, Object> figures) {
    if (json) {
      root.terminal().out().println(Json.write(figures));
      return;
    }
    figures.forEach((name, value) -> {
      if (value instanceof Map<?, ?> map) {
        map.forEach((inner, number) -> line("  " + inner, number));
      } else {
        line(name.replace('_', ' '), value);
      }
    });
  }

  private void printRouge(Map<String, Object> figures) {
    if (json) {
      print(figures);
      return;
    }
    root.terminal().out().println("%-10s %10s %10s %10s".formatted("", "precision", "recall", "F1"));
    figures.forEach((name, value) -> root.terminal().out().println(value instanceof Map<?, ?> score
        ? "%-10s %10.4f %10.4f %10.4f".formatted(name, score.get("precision"), score.get("recall"), score.get("f1"))
        : "%-10s %10d".formatted(name, value)));
  }

  private void line(String name, Object value) {
    root.terminal().out().println("%-60s %s".formatted(name, value instanceof Double number ? "%.4f".formatted(number)
        : value instanceof Number number ? "%,d".formatted(number.longValue()) : value));
  }
}
