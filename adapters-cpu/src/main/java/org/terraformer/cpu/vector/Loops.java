package org.terraformer.cpu.vector;

/** Loops that the compiler leaves as they are written. */
final class Loops {
  private Loops() {}

  /**
   * {@code i + step}, of an index that is never negative, for a loop that is not to be unrolled. The compiler does not see that such a loop
   * counts. Of a product with eight vectors of partial sums it would make four after another, run out of registers, and go through memory with
   * every one; on rows of few vectors it would spend more time before and after the loop than in it. It does see that the index is not
   * negative, and needs no check of addresses that are {@linkplain Memory#inRange in range} and an index further.
   */
  static int next(int i, int step) {
    return i + step & Integer.MAX_VALUE;
  }
}
