package org.terraformer.app.offender;

/** Breaks a rule of the architecture on purpose. */
public final class HaltsTheMachine {
  private HaltsTheMachine() {}

  static void halt() {
    Runtime.getRuntime().halt(0);
  }
}
