package org.terraformer.cpu.vector;

/**
 * Comparisons that keep a long loop's loads where they are written. Left alone, the compiler draws loads that need no check forward, until their
 * values no longer fit the registers and sums have to go through memory. It can't where the loop is left on a comparison whose result only the
 * running program knows: by then all sums so far have to be there, and what is loaded after it stays after it. That is one instruction for the
 * processor, where the check of an address takes two or three.
 */
final class Fences {
  /** More than any address; from an array, as the compiler would know a constant. */
  static final long[] NEVER_REACHED = {Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE};

  private Fences() {}
}
