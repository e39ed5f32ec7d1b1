package org.terraformer.app.cli;

import java.io.PrintWriter;
import java.util.TreeMap;
import org.terraformer.app.library.LanguageModel;
import org.terraformer.app.library.LanguageModel.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists the backends. */
@Command(name = "backends", mixinStandardHelpOptions = true, description = "Lists the backends and what they run on here.")
final class BackendsCommand implements Runnable {
  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    new TreeMap<>(LanguageModel.backends(Settings.DEFAULT.threads())).forEach((name, backend) ->
        out.printf("%-8s %-12s %s%n", name, backend.available() ? "available" : "unavailable", backend.description()));
  }
}
