package org.terraformer.tornado;

import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.terraformer.ports.kernel.Backend;

/** The backend as tests use it that need a TornadoVM runtime. */
public final class RuntimeBackend {
  private RuntimeBackend() {}

  /** On the first device; without one the test is skipped, and says why. */
  public static Backend orSkip() {
    Backend backend = new TornadoBackend(TornadoKernels.all(), Optional.empty());
    if (!backend.available()) {
      System.out.println("Skipped: the backend tornado " + backend.description());
    }
    Assumptions.assumeTrue(backend.available(), backend::description);
    return backend;
  }
}
