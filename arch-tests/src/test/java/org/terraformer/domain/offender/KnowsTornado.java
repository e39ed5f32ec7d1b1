package org.terraformer.domain.offender;

import uk.ac.manchester.tornado.api.TornadoRuntime;

/** Breaks a rule of the architecture on purpose. */
public final class KnowsTornado {
  private KnowsTornado() {}

  static TornadoRuntime runtime;
}
