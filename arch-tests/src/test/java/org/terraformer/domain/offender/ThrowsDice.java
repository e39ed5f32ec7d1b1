package org.terraformer.domain.offender;

/** Breaks a rule of the architecture on purpose. */
public final class ThrowsDice {
  private ThrowsDice() {}

  static double dice() {
    return Math.random();
  }
}
