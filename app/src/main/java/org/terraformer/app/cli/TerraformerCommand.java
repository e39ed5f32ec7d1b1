package org.terraformer.app.cli;

import java.nio.file.Path;
import java.util.List;
import org.terraformer.app.inject.CompositionRoot;
import org.terraformer.app.library.Settings;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root of all commands. */
@Command(name = "terraformer", mixinStandardHelpOptions = true, version = "terraformer 0.1.0",
    description = "Scaling Transformers: sparse language models that decode at the speed of the memory bus.",
    subcommands = {GenerateCommand.class, InspectCommand.class, ConvertCommand.class, ImportTraxCommand.class,
        BackendsCommand.class, BenchCommand.class, MakeDefaultModelCommand.class, AutoComplete.GenerateCompletion.class},
    footer = {"", "Examples:",
        "  terraformer generate \"a b c\"",
        "  terraformer import-trax model.pkl.gz --out copy --set vocab_size=13 --set d_model=64 --set d_ff=128 --set n_heads=2",
        "  terraformer generate --model copy --ids \"0 3 7 5 3 2 4 0\"",
        "  source <(terraformer generate-completion)"})
final class TerraformerCommand implements Runnable {
  @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show where a failure happened.")
  boolean debug;

  @Option(names = "--extensions", scope = ScopeType.INHERIT, paramLabel = "PATH",
      description = "A jar or folder with further layer types, kernels or backends; may be given several times.")
  private List<Path> extensions;

  @Spec
  private CommandSpec spec;

  /** What the environment, the configuration file and the options for all commands say. */
  Settings settings() {
    Settings configured = Settings.configured();
    return extensions == null ? configured : configured.withExtensions(extensions);
  }

  /** The library as these settings put it together. */
  CompositionRoot library() {
    Settings settings = settings();
    return CompositionRoot.of(settings.threads(), settings.extensions());
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(),
        "A command is missing; there are " + String.join(", ", spec.subcommands().keySet()) + ".");
  }
}
