package org.terraformer.domain.offender;

import java.nio.file.Path;

/** Breaks a rule of the architecture on purpose. */
public final class ReadsFiles {
  private ReadsFiles() {}

  static Path path;
}
