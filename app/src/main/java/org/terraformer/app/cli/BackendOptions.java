package org.terraformer.app.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.terraformer.app.library.Settings;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.DType;
import picocli.CommandLine.Option;

/** On what a model runs. */
final class BackendOptions {
  @Option(names = "--backend", paramLabel = "NAME",
      description = "A backend by name (see backends), or auto for what bench found fastest for the model; else TERRAFORMER_BACKEND, "
          + "then the configuration file, then cpu where it runs.")
  private String backend;

  @Option(names = "--fallback", paramLabel = "NAME", description = "The backend to go on with where the chosen one can't run.")
  private String fallback;

  @Option(names = "--device", paramLabel = "DEVICE", description = "A device of the backend tornado, as 0:1 (see backends); the first if not given.")
  private String device;

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
    if (device != null) {
      settings = settings.withDevice(device);
    }
    if (threads != null) {
      settings = settings.withThreads(threads);
    }
    if (cache != null) {
      settings = settings.withCache(type("--cache", cache, DType.F32, DType.BF16));
    }
    return settings;
  }

  /** A type of weights as options write it. */
  static DType type(String option, String value) {
    return type(option, value, DType.F32, DType.BF16, DType.Q8);
  }

  private static DType type(String option, String value, DType... allowed) {
    List<String> names = new ArrayList<>();
    for (DType type : allowed) {
      if (type.name().equals(value.toUpperCase(Locale.ROOT))) {
        return type;
      }
      names.add(type.name().toLowerCase(Locale.ROOT));
    }
    throw InvalidInputException.of("%s is %s but must be one of %s.", option, value, String.join(", ", names));
  }
}
