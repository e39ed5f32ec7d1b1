package org.terraformer.domain.offender;

import picocli.CommandLine;

/** Breaks a rule of the architecture on purpose. */
public final class KnowsPicocli {
  private KnowsPicocli() {}

  static CommandLine line;
}
