package org.terraformer.app.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.terraformer.app.library.LanguageModel;
import org.terraformer.app.library.LanguageModel.Settings;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.DType;
import picocli.CommandLine.Option;

/** Which model, and on what it runs. */
final class RunOptions {
  @Option(names = {"-m", "--model"}, paramLabel = "FOLDER", description = "The model's folder; without it the embedded model.")
  private Path model;

  @Option(names = "--backend", paramLabel = "NAME", description = "cpu or scalar; else TERRAFORMER_BACKEND; else the fastest there is.")
  private String backend;

  @Option(names = "--threads", paramLabel = "N", description = "Threads of the backend cpu; as many as processors if not given.")
  private Integer threads;

  @Option(names = "--context", paramLabel = "N", defaultValue = "0",
      description = "Positions to remember; all that the model knows, at most 4096, if not given.")
  private int context;

  @Option(names = "--cache", paramLabel = "TYPE", defaultValue = "f32", description = "Type of cached keys and values: f32 or bf16.")
  private String cache;

  LanguageModel open(int slots) {
    Settings settings = settings(slots);
    return model == null ? LanguageModel.embedded(settings) : LanguageModel.load(model, settings);
  }

  private Settings settings(int slots) {
    String fromEnvironment = System.getenv("TERRAFORMER_BACKEND");
    Optional<String> name = backend != null ? Optional.of(backend)
        : fromEnvironment != null && !fromEnvironment.isBlank() ? Optional.of(fromEnvironment) : Optional.empty();
    if (context < 0) {
      throw InvalidInputException.of("--context is %d but must be 0 (all) or more.", context);
    }
    return new Settings(name, threads == null ? Settings.DEFAULT.threads() : threads, context, type("--cache", cache), slots);
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
