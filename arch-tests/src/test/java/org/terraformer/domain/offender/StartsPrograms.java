package org.terraformer.domain.offender;

/** Breaks a rule of the architecture on purpose. */
public final class StartsPrograms {
  private StartsPrograms() {}

  static ProcessBuilder program() {
    return new ProcessBuilder("true");
  }
}
