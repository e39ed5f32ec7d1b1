package org.terraformer.app.cli;

import java.util.Locale;
import org.terraformer.app.library.Settings;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.DType;
import picocli.CommandLine.Option;

/** On what a model runs. */
final class BackendOptions {
  @Option(names = "--backend", paramLabel = "NAME",
      description = "A backend by name (see backends); else TERRAFORMER_BACKEND, then the configuration file, then the fastest there is.")
  private String backend;

  @Option(names = "--fallback", paramLabel = "NAME", description = "The backend to go on with where the chosen one can't run.")
  private String fallback;

  @Option(names = "--threads", paramLabel = "N", description = "Threads of the backend cpu; as many as processors if not given.")
  private Integer threads;

  @Option(names = "--cache", paramLabel = "TYPE", description = "Type of cached keys and values: f32 or bf16.")
  private String cache;

  /** The settings, changed where an option was given. */
  Settings apply(Settings configured) {
    Settings settings = configured;
    if (backend != null) {
      settings = settings.withBackend(backend);
    }
    if (fallback != null) {
      settings = settings.withFallback(fallback);
    }
    if (threads != null) {
      settings = settings.withThreads(threads);
    }
    if (cache != null) {
      settings = settings.withCache(type("--cache", cache));
    }
    return settings;
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
