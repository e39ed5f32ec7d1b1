package org.terraformer.app.cli;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.terraformer.app.embedded.AlphabetModel;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.app.format.WeightStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Writes the model that is embedded in the library. */
@Command(name = "make-default-model", mixinStandardHelpOptions = true, version = TerraformerCommand.VERSION,
    description = "Writes the model with hand-set weights that is embedded in the library: it goes on with the alphabet.",
    footer = {"", "Example, from the root of the sources:",
        "  terraformer make-default-model --overwrite --out \\",
        "      app/src/main/resources/org/terraformer/app/embedded/default-model"})
final class MakeDefaultModelCommand implements Runnable {
  @ParentCommand
  private TerraformerCommand root;

  @Option(names = {"-o", "--out"}, required = true, paramLabel = "FOLDER", description = "The folder to write.")
  private Path out;

  @Option(names = "--overwrite", description = "Replace the model that is in the folder.")
  private boolean overwrite;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public void run() {
    try (Arena arena = Arena.ofConfined()) {
      new ModelFolder(out).write(AlphabetModel.config(), WeightStream.of(AlphabetModel.weights(arena)),
          new ModelFolder.WriteOptions(Long.MAX_VALUE, overwrite, List.of()), root.progress(json));
    }
    if (json) {
      root.terminal().out().println(Json.write(Map.of("folder", out.toString())));
    }
  }
}
