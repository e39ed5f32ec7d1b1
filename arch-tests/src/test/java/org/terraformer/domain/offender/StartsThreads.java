package org.terraformer.domain.offender;

/** Breaks a rule of the architecture on purpose. */
public final class StartsThreads {
  private StartsThreads() {}

  static Thread thread;
}
