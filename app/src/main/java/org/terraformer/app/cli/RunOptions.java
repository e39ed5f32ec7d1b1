package org.terraformer.app.cli;

import java.nio.file.Path;
import org.terraformer.app.library.LanguageModel;
import org.terraformer.app.library.Settings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model, and on what it runs. */
final class RunOptions {
  @Option(names = {"-m", "--model"}, paramLabel = "FOLDER", description = "The model's folder; without it the embedded model.")
  private Path model;

  @Mixin
  private BackendOptions options;

  /** Opens the model; an option comes before what was configured. */
  LanguageModel open(Settings configured, int slots) {
    Settings settings = options.apply(configured).withSlots(slots);
    return model == null ? LanguageModel.embedded(settings) : LanguageModel.load(model, settings);
  }
}
