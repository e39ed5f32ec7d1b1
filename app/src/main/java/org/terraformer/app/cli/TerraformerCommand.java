package org.terraformer.app.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.app.inject.CompositionRoot;
import org.terraformer.app.library.BackendChoice;
import org.terraformer.app.library.Settings;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.progress.ProgressListener;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root of all commands. */
@Command(name = "terraformer", mixinStandardHelpOptions = true, version = TerraformerCommand.VERSION,
    description = "Scaling Transformers: sparse language models that decode at the speed of the memory bus.",
    footer = {"", "Examples:",
        "  terraformer generate \"It was a dark night, and\"",
        "  terraformer import-trax model.pkl.gz --gin config.gin --out lm",
        "  terraformer generate --model lm \"It was\"",
        "", "Completion of commands and options in bash and zsh:",
        "  source <(terraformer generate-completion)",
        "", "Exit codes: 0 done, 1 unexpected failure, 2 wrong input, 130 interrupted.",
        "Colours are used on a terminal only, and not if NO_COLOR is set."})
final class TerraformerCommand implements Runnable {
  static final String VERSION = "terraformer 0.1.0";

  private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("generate", GenerateCommand.class);
    COMMANDS.put("summarize", SummarizeCommand.class);
    COMMANDS.put("inspect", InspectCommand.class);
    COMMANDS.put("convert", ConvertCommand.class);
    COMMANDS.put("import-trax", ImportTraxCommand.class);
    COMMANDS.put("backends", BackendsCommand.class);
    COMMANDS.put("bench", BenchCommand.class);
    COMMANDS.put("train", TrainCommand.class);
    COMMANDS.put("evaluate", EvaluateCommand.class);
    COMMANDS.put("train-tokenizer", TrainTokenizerCommand.class);
    COMMANDS.put("experiment", ExperimentCommand.class);
    COMMANDS.put("generate-completion", AutoComplete.GenerateCompletion.class);
  }

  @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show where a failure happened.")
  boolean debug;

  @Option(names = {"-q", "--quiet"}, scope = ScopeType.INHERIT, description = "No progress, figures or notes on standard error.")
  private boolean quiet;

  @Option(names = "--extensions", scope = ScopeType.INHERIT, paramLabel = "PATH",
      description = "A jar or folder with further layer types, kernels or backends; may be given several times.")
  private List<Path> extensions;

  @Spec
  private CommandSpec spec;

  private final Terminal terminal;

  TerraformerCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** The command line with all commands, or with the one that is called: to look at the others takes time at every start. */
  CommandLine line(String[] arguments) {
    CommandLine line = new CommandLine(this);
    String called = arguments.length == 0 ? "" : arguments[0];
    if (COMMANDS.containsKey(called) && !called.equals("generate-completion")) {
      line.addSubcommand(COMMANDS.get(called));
    } else {
      COMMANDS.values().forEach(line::addSubcommand);
    }
    return line;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(),
        "A command is missing; there are " + String.join(", ", spec.subcommands().keySet()) + ".");
  }

  /** What the environment, the configuration file and the options for all commands say. */
  Settings settings() {
    Settings configured = Settings.configured();
    return extensions == null ? configured : configured.withExtensions(extensions);
  }

  /** The library as these settings put it together. */
  CompositionRoot library() {
    return settings().library();
  }

  /** The backend that settings choose, for all but the decoding of a model; what the user should know about the choice is said. */
  Backend backend(CompositionRoot library, Settings settings) {
    BackendChoice choice = BackendChoice.of(library, settings);
    choice.note().ifPresent(this::note);
    return choice.backend();
  }

  Terminal terminal() {
    return terminal;
  }

  /** Who hears of the command's progress; without {@code --quiet}, that is who sits at the terminal. */
  ProgressListener progress() {
    return terminal.progress(quiet);
  }

  /** As {@link #progress()}; scripts that read JSON see none. */
  ProgressListener progress(boolean json) {
    return terminal.progress(quiet || json);
  }

  /** Who shows a training; scripts that read JSON see nothing of it. */
  TrainingDisplay trainingDisplay(boolean json, int steps) {
    return terminal.training(quiet || json, steps);
  }

  /** Says something that is no failure. */
  void note(String sentence) {
    if (!quiet) {
      terminal.say(sentence);
    }
  }

  /** Prints figures at the end of the work. */
  void figures(String line) {
    if (!quiet) {
      terminal.err().println(line);
    }
  }
}
