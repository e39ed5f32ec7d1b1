package org.terraformer.cpu.offender;

import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.offender.KnowsTheCpuAdapter;

/** Breaks a rule of the architecture on purpose. */
public final class KnowsTheDomain {
  private KnowsTheDomain() {}

  static Layer layer;
  static KnowsTheCpuAdapter other;
}
