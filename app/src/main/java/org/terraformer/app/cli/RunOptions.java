package org.terraformer.app.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.terraformer.app.library.BackendException;
import org.terraformer.app.library.LanguageModel;
import org.terraformer.app.library.LanguageModel.Settings;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.DType;
import picocli.CommandLine.Option;

/** Which model, and on what it runs. */
final class RunOptions {
  @Option(names = {"-m", "--model"}, paramLabel = "FOLDER", description = "The model's folder; without it the embedded model.")
  private Path model;

  @Option(names = "--backend", paramLabel = "NAME", description = "cpu or scalar; else TERRAFORMER_BACKEND; else the fastest there is.")
  private String backend;

  @Option(names = "--fallback", paramLabel = "NAME", description = "The backend to go on with where the chosen one can't run.")
  private String fallback;

  @Option(names = "--threads", paramLabel = "N", description = "Threads of the backend cpu; as many as processors if not given.")
  private Integer threads;

  @Option(names = "--context", paramLabel = "N", defaultValue = "0",
      description = "Positions to remember; all that the model knows, at most 4096, if not given.")
  private int context;

  @Option(names = "--cache", paramLabel = "TYPE", defaultValue = "f32", description = "Type of cached keys and values: f32 or bf16.")
  private String cache;

  /** Loads the model; {@code notes} hears what the user should know about how it runs. */
  LanguageModel open(int slots, ProgressListener progress, Consumer<String> notes) {
    Settings settings = settings(slots);
    Map<String, Backend> known = LanguageModel.backends(1);
    if (fallback != null && !known.containsKey(fallback)) {
      throw InvalidInputException.of("--fallback is %s but must be one of %s.",
          fallback, String.join(", ", new TreeSet<>(known.keySet())));
    }
    LanguageModel opened;
    try {
      opened = open(settings, progress);
    } catch (BackendException e) {
      if (fallback == null) {
        throw e;
      }
      notes.accept("%s Going on with the backend %s.".formatted(e.getMessage(), fallback));
      opened = open(settings.withBackend(fallback), progress);
    }
    if (opened.backend().name().equals("scalar") && !known.get("cpu").available()) {
      notes.accept("running on the slow backend scalar; the fast backend cpu " + known.get("cpu").description());
    }
    return opened;
  }

  private LanguageModel open(Settings settings, ProgressListener progress) {
    return model == null ? LanguageModel.embedded(settings, progress) : LanguageModel.load(model, settings, progress);
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
