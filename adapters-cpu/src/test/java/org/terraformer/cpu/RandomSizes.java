package org.terraformer.cpu;

import java.util.SplittableRandom;
import org.terraformer.ports.kernel.Extent;

/** Sizes at which vectors and blocks do not come out even, more often than not. */
final class RandomSizes {
  private static final int BLOCK = 32;

  private final SplittableRandom random;

  RandomSizes(SplittableRandom random) {
    this.random = random;
  }

  /** A size from 1: any, or next to a multiple of a block. */
  int size(int most) {
    if (most <= BLOCK || random.nextBoolean()) {
      return random.nextInt(1, most + 1);
    }
    return Math.clamp(random.nextInt(1, most / BLOCK + 1) * BLOCK + random.nextInt(-1, 2), 1, most);
  }

  /** An odd size from 1. */
  int odd(int most) {
    return random.nextInt(0, (most + 1) / 2) * 2 + 1;
  }

  boolean flag() {
    return random.nextBoolean();
  }

  /** What a run may hold many items of. */
  Extent extent() {
    return switch (random.nextInt(4)) {
      case 0 -> Extent.SEQUENCE;
      case 1 -> Extent.KEPT_ROW;
      default -> Extent.ROW;
    };
  }
}
