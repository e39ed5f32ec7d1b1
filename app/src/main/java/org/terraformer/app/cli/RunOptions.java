package org.terraformer.app.cli;

import java.nio.file.Path;
import java.util.Locale;
import org.terraformer.app.library.LanguageModel;
import org.terraformer.app.library.Settings;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.DType;
import picocli.CommandLine.Option;

/** Which model, and on what it runs. */
final class RunOptions {
  @Option(names = {"-m", "--model"}, paramLabel = "FOLDER", description = "The model's folder; without it the embedded model.")
  private Path model;

  @Option(names = "--backend", paramLabel = "NAME",
      description = "A backend by name (see backends); else TERRAFORMER_BACKEND, then the configuration file, then the fastest there is.")
  private String backend;

  @Option(names = "--threads", paramLabel = "N", description = "Threads of the backend cpu; as many as processors if not given.")
  private Integer threads;

  @Option(names = "--context", paramLabel = "N",
      description = "Positions to remember; all that the model knows, at most 4096, if not given.")
  private Integer context;

  @Option(names = "--cache", paramLabel = "TYPE", description = "Type of cached keys and values: f32 or bf16.")
  private String cache;

  /** Opens the model; an option comes before what was configured. */
  LanguageModel open(Settings configured, int slots) {
    Settings settings = configured.withSlots(slots);
    if (backend != null) {
      settings = settings.withBackend(backend);
    }
    if (threads != null) {
      settings = settings.withThreads(threads);
    }
    if (context != null) {
      settings = settings.withContextLength(context);
    }
    if (cache != null) {
      settings = settings.withCache(type("--cache", cache));
    }
    return model == null ? LanguageModel.embedded(settings) : LanguageModel.load(model, settings);
  }

  /** An element type as options write it. */
  static DType type(String option, String value) {
    for (DType type : DType.values()) {
      if (type != DType.I32 && type.name().equals(value.toUpperCase(Locale.ROOT))) {
        return type;
      }
    }
    throw InvalidInputException.of("%s is %s but must be one of f32, bf16, q8.", option, value);
  }
}
