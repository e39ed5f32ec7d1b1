package org.terraformer.domain.offender;

import jdk.incubator.vector.FloatVector;

/** Breaks a rule of the architecture on purpose. */
public final class KnowsVectors {
  private KnowsVectors() {}

  static FloatVector vector;
}
