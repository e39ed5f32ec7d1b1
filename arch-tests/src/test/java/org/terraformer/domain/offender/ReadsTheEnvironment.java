package org.terraformer.domain.offender;

/** Breaks a rule of the architecture on purpose. */
public final class ReadsTheEnvironment {
  private ReadsTheEnvironment() {}

  static String home() {
    return System.getenv("HOME");
  }
}
