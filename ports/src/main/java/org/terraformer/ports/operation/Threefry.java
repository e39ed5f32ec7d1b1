package org.terraformer.ports.operation;

/**
 * The counter-based random function Threefry-2x32 with 20 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011):
 * what JAX draws its random numbers with. The same key and counter give the same word everywhere.
 */
public final class Threefry {
  private static final int PARITY = 0x1BD11BDA;
  private static final int GROUPS = 5;
  private static final int[][] ROTATIONS = {{13, 15, 26, 6}, {17, 29, 16, 24}};

  private Threefry() {}

  /**
   * The two words for a counter.
   *
   * @return the first word in the lower 32 bits, the second in the upper ones
   */
  public static long words(int firstKey, int secondKey, int firstCounter, int secondCounter) {
    int parity = PARITY ^ firstKey ^ secondKey;
    int a = firstCounter + firstKey;
    int b = secondCounter + secondKey;
    for (int group = 1; group <= GROUPS; group++) {
      for (int rotation : ROTATIONS[(group - 1) % 2]) {
        a += b;
        b = Integer.rotateLeft(b, rotation) ^ a;
      }
      a += scheduled(group, firstKey, secondKey, parity);
      b += scheduled(group + 1, firstKey, secondKey, parity) + group;
    }
    return a & 0xFFFFFFFFL | (long) b << Integer.SIZE;
  }

  private static int scheduled(int index, int firstKey, int secondKey, int parity) {
    return switch (index % 3) {
      case 0 -> firstKey;
      case 1 -> secondKey;
      default -> parity;
    };
  }
}
