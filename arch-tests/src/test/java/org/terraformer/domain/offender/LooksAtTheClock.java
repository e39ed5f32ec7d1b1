package org.terraformer.domain.offender;

/** Breaks a rule of the architecture on purpose. */
public final class LooksAtTheClock {
  private LooksAtTheClock() {}

  static long now() {
    return System.nanoTime();
  }
}
