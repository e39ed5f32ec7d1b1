package org.terraformer.domain.offender;

/** Breaks a rule of the architecture on purpose. */
public final class WritesToTheConsole {
  private WritesToTheConsole() {}

  static void write() {
    System.out.println();
  }
}
