package org.terraformer.domain.offender;

import org.terraformer.cpu.CpuBackend;
import org.terraformer.cpu.offender.KnowsTheDomain;

/** Breaks a rule of the architecture on purpose. */
public final class KnowsTheCpuAdapter {
  private KnowsTheCpuAdapter() {}

  static CpuBackend backend;
  static KnowsTheDomain other;
}
