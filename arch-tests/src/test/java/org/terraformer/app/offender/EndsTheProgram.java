package org.terraformer.app.offender;

/** Breaks a rule of the architecture on purpose. */
public final class EndsTheProgram {
  private EndsTheProgram() {}

  static void end() {
    System.exit(0);
  }
}
