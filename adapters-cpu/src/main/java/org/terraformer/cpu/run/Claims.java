package org.terraformer.cpu.run;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Which pieces of a phase's work have been taken. Each worker has a share of the pieces; it takes its own one after another, and then what the
 * others have left, so that nobody waits for a worker that began late or whose processor is busy with something else.
 *
 * <p>A counter holds its phase as well, so that none need be cleared between phases.
 */
final class Claims {
  private static final VarHandle COUNTERS = MethodHandles.arrayElementVarHandle(long[].class);
  /** Two cache lines, as processors read them in pairs. */
  private static final int STRIDE = 16;
  private static final long COUNT = 0xFFFFFFFFL;

  private final long[] counters;

  Claims(int workers) {
    this.counters = new long[(workers + 1) * STRIDE];
  }

  /** The next piece of a worker's share, from 0 on: in one phase each goes to one caller. */
  int next(int owner, int phase) {
    int at = (owner + 1) * STRIDE;
    long first = (long) phase << Integer.SIZE;
    while (true) {
      long seen = (long) COUNTERS.getVolatile(counters, at);
      long taken = (seen & ~COUNT) == first ? seen : first;
      if (COUNTERS.compareAndSet(counters, at, seen, taken + 1)) {
        return (int) (taken & COUNT);
      }
    }
  }
}
