package org.terraformer.app.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Lists the backends. */
@Command(name = "backends", mixinStandardHelpOptions = true, description = "Lists the backends and what they run on here.")
final class BackendsCommand implements Runnable {
  @Spec
  private CommandSpec spec;

  @ParentCommand
  private TerraformerCommand terraformer;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    terraformer.library().backends().forEach((name, backend) ->
        out.printf("%-8s %-12s %s%n", name, backend.available() ? "available" : "unavailable", backend.description()));
  }
}
