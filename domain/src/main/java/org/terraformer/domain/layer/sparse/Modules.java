package org.terraformer.domain.layer.sparse;

import org.terraformer.ports.failure.InvalidInputException;

/**
 * The rules that layers of equal modules share.
 */
final class Modules {
  private Modules() {}

  /** Refuses numbers of modules or experts, or sizes of blocks, that do not part the hidden units evenly. */
  static void checkBlocks(String what, int number, int hiddenSize) {
    if (number < 1 || hiddenSize % number != 0) {
      throw InvalidInputException.of("The %s is %d but must divide the hidden size %d.", what, number, hiddenSize);
    }
  }

  /** Refuses numbers of modules that do not part these features evenly. */
  static void checkDivides(int modules, int size, String what) {
    if (modules < 1 || size % modules != 0) {
      throw InvalidInputException.of("The number of modules is %d but must divide the %d %s.", modules, size, what);
    }
  }
}
