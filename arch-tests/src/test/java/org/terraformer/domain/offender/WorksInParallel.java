package org.terraformer.domain.offender;

import java.util.List;

/** Breaks a rule of the architecture on purpose. */
public final class WorksInParallel {
  private WorksInParallel() {}

  static long count(List<String> words) {
    return words.parallelStream().count();
  }
}
