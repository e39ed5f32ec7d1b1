package org.terraformer.cpu.vector;

import jdk.incubator.vector.FloatVector;

/**
 * What long loops need of the compiler. Fences are comparisons that keep loads where they are written. Left alone, the compiler draws loads that
 * need no check forward, until their values no longer fit the registers and sums have to go through memory. It can't where the loop is left on a
 * comparison whose result only the running program knows: by then all sums so far have to be there, and what is loaded after it stays after it. That
 * is one instruction for the processor, where the check of an address takes two or three.
 */
final class Fences {
  /** More than any address; from an array, as the compiler would know a constant. */
  static final long[] NEVER_REACHED = {Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE};

  private Fences() {}

  /**
   * Computes nothing, of what the compiler makes some 6,000 nodes before it finds that out. Once it has made 18,000 for a method, as 45 vector
   * multiplications with additions do, it draws in nothing any more but what vectors and segments mark to be drawn in. Where that comes in the middle
   * of a load, a call stays in the loop, sums go through memory, and the method takes twice as long, in some processes and not in others. Here it may
   * come: a method calls this once in its loop, after 12,000 nodes and before 18,000. The compiler's list of what it draws in
   * ({@code PrintInlining}) tells: within these sums it has to become "late".
   */
  static void passLimit(FloatVector x) {
    x.fma(x, x).fma(x, x).fma(x, x).fma(x, x);
    x.fma(x, x).fma(x, x).fma(x, x).fma(x, x);
    x.fma(x, x).fma(x, x).fma(x, x).fma(x, x);
    x.fma(x, x).fma(x, x).fma(x, x).fma(x, x);
  }
}
