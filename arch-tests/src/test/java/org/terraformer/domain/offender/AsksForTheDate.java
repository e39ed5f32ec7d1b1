package org.terraformer.domain.offender;

import java.util.Date;

/** Breaks a rule of the architecture on purpose. */
public final class AsksForTheDate {
  private AsksForTheDate() {}

  static Date today() {
    return new Date();
  }
}
