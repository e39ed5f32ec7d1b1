package org.terraformer.ports.offender;

import org.terraformer.domain.layer.Layer;

/** Breaks a rule of the architecture on purpose. */
public final class KnowsTheDomainToo {
  private KnowsTheDomainToo() {}

  static final Class<?> KNOWN = Layer.class;
  static Layer layer;
}
