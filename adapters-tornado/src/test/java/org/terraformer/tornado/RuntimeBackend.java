package org.terraformer.tornado;

import java.util.Optional;
import org.terraformer.ports.kernel.Backend;

/** The backend as tests with a TornadoVM runtime use it. */
public final class RuntimeBackend {
  private RuntimeBackend() {}

  /** On the first device. */
  public static Backend first() {
    return new TornadoBackend(TornadoKernels.all(), Optional.empty());
  }
}
