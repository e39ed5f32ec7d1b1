package org.terraformer.app.cli;

import org.terraformer.app.library.Settings;
import picocli.CommandLine.Option;

/** On what a program runs. */
final class ComputeOptions {
  @Option(names = "--backend", paramLabel = "NAME",
      description = "A backend by name (see backends), or auto for what bench found fastest for the model where one generates; "
          + "else TERRAFORMER_BACKEND, then the configuration file, then cpu where it runs.")
  private String backend;

  @Option(names = "--fallback", paramLabel = "NAME", description = "The backend to go on with where the chosen one can't run.")
  private String fallback;

  @Option(names = "--device", paramLabel = "DEVICE",
      description = "A device of the backend tornado, as 0:1 (see backends); the first if not given.")
  private String device;

  @Option(names = "--threads", paramLabel = "N", description = "Threads of the backend cpu; as many as processors if not given.")
  private Integer threads;

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
    return threads == null ? settings : settings.withThreads(threads);
  }
}
