package org.terraformer.app.cli;

import org.terraformer.app.inject.CompositionRoot;
import org.terraformer.app.library.Settings;
import org.terraformer.ports.kernel.Backend;
import picocli.CommandLine.Option;

/** On what a program runs that is no decoding. */
final class ComputeOptions {
  @Option(names = "--backend", paramLabel = "NAME",
      description = "A backend by name (see backends); "
          + "else TERRAFORMER_BACKEND, then the configuration file, then the fastest there is.")
  private String backend;

  @Option(names = "--threads", paramLabel = "N", description = "Threads of the backend cpu; as many as processors if not given.")
  private Integer threads;

  /** The settings, changed where an option was given. */
  Settings apply(Settings configured) {
    Settings settings = backend == null ? configured : configured.withBackend(backend);
    return threads == null ? settings : settings.withThreads(threads);
  }

  /** The backend that the settings choose. */
  static Backend backend(CompositionRoot library, Settings settings) {
    return settings.backend().map(library::backend).orElseGet(library::fastest);
  }
}
