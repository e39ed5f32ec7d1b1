package org.terraformer.domain.offender;

import java.util.Collections;
import java.util.List;

/** Breaks a rule of the architecture on purpose. */
public final class ShufflesByChance {
  private ShufflesByChance() {}

  static void shuffle(List<Integer> list) {
    Collections.shuffle(list);
  }
}
