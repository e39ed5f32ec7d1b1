package org.terraformer.app.cli;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.terraformer.app.library.LanguageModel;
import org.terraformer.app.library.Settings;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model, and on what it runs. */
final class RunOptions {
  @Option(names = {"-m", "--model"}, paramLabel = "FOLDER", description = "The model's folder; without it the embedded model.")
  private Path model;

  @Option(names = "--context", paramLabel = "N",
      description = "Positions to remember; all that the model knows, at most 4096, if not given.")
  private Integer context;

  @Mixin
  private BackendOptions options;

  /** Loads the model; an option comes before what was configured, and {@code notes} hears what the user should know about how it runs. */
  LanguageModel open(Settings configured, int slots, ProgressListener progress, Consumer<String> notes) {
    Settings chosen = options.apply(configured).withSlots(slots);
    Settings settings = context == null ? chosen : chosen.withContextLength(context);
    LanguageModel opened = model == null ? LanguageModel.embedded(settings, progress) : LanguageModel.load(model, settings, progress);
    opened.note().ifPresent(notes);
    return opened;
  }

  /** Finds that no model is named where one is to read a source, which the embedded one has not learnt. */
  void checkSource() {
    if (model == null) {
      throw new InvalidInputException("The embedded model was not trained on sources and what belongs to them; give --model.");
    }
  }

  /** Lets a model read a source; {@code notes} hears how it runs where that is known only then. */
  void read(LanguageModel opened, int[] source, Consumer<String> notes) {
    opened.read(source);
    if (opened.readsSource()) {
      opened.note().ifPresent(notes);
    }
  }
}
