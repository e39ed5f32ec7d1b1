package org.terraformer.app.cli;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import org.terraformer.app.embedded.AlphabetModel;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.ports.progress.ProgressListener;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes the model that is embedded in the library. */
@Command(name = "make-default-model", mixinStandardHelpOptions = true,
    description = "Writes the model with hand-set weights that is embedded in the library: it goes on with the alphabet.",
    footer = {"", "Example, from the root of the sources:",
        "  terraformer make-default-model --out app/src/main/resources/org/terraformer/app/embedded/default-model"})
final class MakeDefaultModelCommand implements Runnable {
  @Option(names = {"-o", "--out"}, required = true, paramLabel = "FOLDER", description = "The folder to write.")
  private Path out;

  @Override
  public void run() {
    try (Arena arena = Arena.ofConfined()) {
      new ModelFolder(out).write(AlphabetModel.config(), AlphabetModel.weights(arena), ProgressListener.NONE);
    }
  }
}
