package org.terraformer.tornado.kernel;

import org.terraformer.ports.kernel.Extent;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * What a run works on, in an array that every task may read. TornadoVM makes constants of numbers among a task's arguments; what changes
 * from run to run must be in arrays.
 */
public final class RunParameters {
  /** The first of the run's sequence slots. */
  public static final int FIRST_SLOT = 0;
  /** New rows of each sequence. */
  public static final int LENGTH = 1;
  /** Rows of each sequence whose result is wanted. */
  public static final int KEPT = 2;
  /** The slot to copy state from, or -1. */
  public static final int COPY_FROM = 3;
  /** The slot to copy it to. */
  public static final int COPY_TO = 4;
  /** How many positions of its caches to copy. */
  public static final int COPY_POSITIONS = 5;
  /** The number of sequences. */
  public static final int SEQUENCES = items(Extent.SEQUENCE);

  private static final int ITEMS = 6;

  private RunParameters() {}

  /** Where the number of items of a value of this extent stands; of state there is no such number. */
  public static int items(Extent extent) {
    return ITEMS + extent.ordinal();
  }

  public static IntArray allocate() {
    return new IntArray(ITEMS + Extent.values().length);
  }

  /** Sets what a run without rows does: copy the state of a slot, and of its caches so many positions. */
  public static void setCopy(IntArray run, int from, int to, int positions) {
    set(run, 0, 0, 0, 0);
    run.set(COPY_FROM, from);
    run.set(COPY_TO, to);
    run.set(COPY_POSITIONS, positions);
  }

  /** Sets the next run; see {@link org.terraformer.ports.kernel.Executable#run}. */
  public static void set(IntArray run, int firstSlot, int sequences, int length, int kept) {
    run.set(FIRST_SLOT, firstSlot);
    run.set(LENGTH, length);
    run.set(KEPT, kept);
    run.set(COPY_FROM, -1);
    run.set(COPY_TO, -1);
    for (Extent extent : Extent.values()) {
      run.set(items(extent), switch (extent) {
        case FIXED -> 1;
        case SEQUENCE -> sequences;
        case ROW -> sequences * length;
        case KEPT_ROW -> sequences * kept;
        case PART -> (int) Extent.partOf((long) sequences * length);
        case SLOT, CONTEXT -> 0;
      });
    }
  }
}
