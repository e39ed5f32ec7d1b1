package org.terraformer.app.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.terraformer.app.experiment.ParityPlan;
import org.terraformer.app.experiment.ParityReport;
import org.terraformer.app.experiment.ParityResults;
import org.terraformer.app.experiment.ParityRow;
import org.terraformer.app.experiment.ParityRuns;
import org.terraformer.app.format.JsonFile;
import org.terraformer.app.inject.CompositionRoot;
import org.terraformer.app.library.Settings;
import org.terraformer.app.text.TokenizerFiles;
import org.terraformer.ports.failure.InvalidInputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Compares models of equal size that are trained alike. */
@Command(name = "parity", mixinStandardHelpOptions = true, version = TerraformerCommand.VERSION, sortOptions = false,
    description = "Trains dense and sparse models with equal numbers of parameters on the same tokens, "
        + "and writes a table of their perplexities and speeds. "
        + "What was interrupted goes on; what has a result is not run again.",
    footer = {"", "Examples:", "  terraformer experiment parity --config parity.json --data novels --out runs",
        "  terraformer experiment parity --config docs/results/parity.json --out runs \\",
        "      --data novels --report docs/results/parity.md --rows dense,all",
        "  terraformer experiment parity --config docs/results/parity.json --out runs \\",
        "      --report docs/results/parity.md --rows none"})
final class ParityCommand implements Callable<Integer> {
  private static final int PATIENCE_SECONDS = 300;
  private static final int MOST_DECODED = 10_000;
  private static final String NO_ROWS = "none";

  @ParentCommand
  private ExperimentCommand parent;

  @Option(names = "--config", required = true, paramLabel = "FILE",
      description = "The comparison, JSON: what is trained, and the rows.")
  private Path config;

  @Option(names = "--data", paramLabel = "FOLDER", description = "The folder with the texts that the configuration names.")
  private Path data;

  @Option(names = {"-o", "--out"}, required = true, paramLabel = "FOLDER",
      description = "The folder of the trainings, the tokenizer and the tokens.")
  private Path out;

  @Option(names = "--report", paramLabel = "FILE",
      description = "The table to write, .md; its results are in the folder of the same name beside it (parity.md in --out).")
  private Path report;

  @Option(names = "--rows", split = ",", paramLabel = "NAMES",
      description = "Train only these rows, or none; all if not given. The table has all rows.")
  private List<String> rows;

  @Option(names = "--decode-tokens", paramLabel = "N", defaultValue = "100",
      description = "Tokens that each model decodes to time it; 0 to leave that out (${DEFAULT-VALUE}).")
  private int decodeTokens;

  @Option(names = "--json", description = "Print the table as one JSON object at the end.")
  private boolean json;

  @Mixin
  private ComputeOptions compute;

  @Override
  public Integer call() {
    if (decodeTokens < 0 || decodeTokens > MOST_DECODED) {
      throw InvalidInputException.of("--decode-tokens is %d but must be from 0 to %d.", decodeTokens, MOST_DECODED);
    }
    TerraformerCommand root = parent.root();
    Settings settings = compute.apply(root.settings());
    CompositionRoot library = settings.library();
    ParityPlan plan = plan(library);
    List<ParityRow> wanted = wanted(plan);
    ParityReport table = new ParityReport(report == null ? out.resolve("parity.md") : report, plan);
    ParityResults results = new ParityResults(table.results(), plan);
    boolean complete = wanted.stream().allMatch(row -> results.missing(row).isEmpty());
    if (!complete && data == null) {
      throw new InvalidInputException("--data is missing; rows that have no result yet are trained on its texts.");
    }
    ParityRuns runs = new ParityRuns(plan, results, out, complete ? out : data, library.layerTypes(),
        root.backend(library, settings), settings.threads());
    runs.check(wanted);
    if (!complete && !train(runs, wanted, table)) {
      root.note("interrupted; the same command goes on");
      return Interruption.EXIT_CODE;
    }
    if (decodeTokens > 0) {
      runs.measureDecoding(decodeTokens, root.progress(json));
    }
    table.write(results);
    if (json) {
      root.terminal().out().println(Json.write(table.figures(results)));
    } else {
      root.figures(table.file().toString());
    }
    return 0;
  }

  private ParityPlan plan(CompositionRoot library) {
    if (!Files.isRegularFile(config)) {
      throw InvalidInputException.of("There is no configuration %s.", config);
    }
    try {
      return ParityPlan.fromMap(JsonFile.read(config), library.layerTypes());
    } catch (InvalidInputException e) {
      throw new InvalidInputException("In %s: %s".formatted(config, e.getMessage()), e);
    }
  }

  private List<ParityRow> wanted(ParityPlan plan) {
    if (rows == null) {
      return plan.rows();
    }
    return rows.equals(List.of(NO_ROWS)) ? List.of() : plan.named(rows);
  }

  /** Trains what has no result yet, and writes the table after each training; whether all came to the end. */
  private boolean train(ParityRuns runs, List<ParityRow> wanted, ParityReport table) {
    TerraformerCommand root = parent.root();
    wanted.stream().filter(row -> !runs.results().missing(row).isEmpty() && row.config().restartedRate().isPresent()).findFirst()
        .ifPresent(row -> root.note("Row %s: %s".formatted(row.name(), row.config().restartedRate().orElseThrow().sentence())));
    TokenizerFiles tokenizer = runs.tokenizer(root.progress(json));
    try {
      for (ParityRow row : wanted) {
        for (int seed : runs.results().missing(row)) {
          if (!json) {
            root.figures("%s, seed %d: %,d parameters, %,d steps, %,d tokens".formatted(row.title(), seed, row.parameters(),
                row.config().steps(), row.tokens()));
          }
          root.terminal().interruption().attend(PATIENCE_SECONDS);
          try (TrainingDisplay display = root.trainingDisplay(json, row.config().steps())) {
            if (!runs.train(row, seed, tokenizer, display, root.progress(json))) {
              return false;
            }
          }
          table.write(runs.results());
        }
      }
      return true;
    } finally {
      tokenizer.tokenizer().close();
    }
  }
}
