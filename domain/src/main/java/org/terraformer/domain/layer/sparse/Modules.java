package org.terraformer.domain.layer.sparse;

import org.terraformer.ports.failure.InvalidInputException;

/**
 * The rule that layers of equal modules share.
 */
final class Modules {
  private Modules() {}

  static void checkDivides(int modules, int size, String what) {
    if (modules < 1 || size % modules != 0) {
      throw InvalidInputException.of("The number of modules is %d but must divide the %d %s.", modules, size, what);
    }
  }
}
