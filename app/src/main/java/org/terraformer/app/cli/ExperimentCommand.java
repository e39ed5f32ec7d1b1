package org.terraformer.app.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** The experiments that the results in the documentation come from. */
@Command(name = "experiment", mixinStandardHelpOptions = true, version = TerraformerCommand.VERSION,
    description = "Runs an experiment of many trainings and writes its report.",
    subcommands = ParityCommand.class,
    footer = {"", "Example:", "  terraformer experiment parity --config parity.json --data novels --out runs"})
final class ExperimentCommand implements Runnable {
  @ParentCommand
  private TerraformerCommand root;

  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(),
        "An experiment is missing; there are " + String.join(", ", spec.subcommands().keySet()) + ".");
  }

  TerraformerCommand root() {
    return root;
  }
}
