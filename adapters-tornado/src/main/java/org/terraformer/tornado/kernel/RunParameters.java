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
  /** How many slots' states are copied before all else. */
  public static final int COPIES = 3;

  private static final int ITEMS = 4;

  /** The number of sequences. */
  public static final int SEQUENCES = items(Extent.SEQUENCE);
  /** The first copy: the slot to copy from, the slot to copy to, how many positions of its caches; then the next. */
  public static final int FIRST_COPY = ITEMS + Extent.values().length;
  /** The numbers that tell of a copy. */
  public static final int COPY_SIZE = 3;

  private static final int MOST_COPIES = 64;

  private RunParameters() {}

  /** Where the number of items of a value of this extent stands; of state there is no such number. */
  public static int items(Extent extent) {
    return ITEMS + extent.ordinal();
  }

  public static IntArray allocate() {
    IntArray run = new IntArray(FIRST_COPY + MOST_COPIES * COPY_SIZE);
    run.init(0);
    return run;
  }

  /** Whether the next run can't copy one more slot's state. */
  public static boolean fullOfCopies(IntArray run) {
    return run.get(COPIES) == MOST_COPIES;
  }

  /** Lets the next run, after the copies that it was told of before, copy the state of a slot, and of its caches so many positions. */
  public static void addCopy(IntArray run, int from, int to, int positions) {
    int place = FIRST_COPY + run.get(COPIES) * COPY_SIZE;
    run.set(place, from);
    run.set(place + 1, to);
    run.set(place + 2, positions);
    run.set(COPIES, run.get(COPIES) + 1);
  }

  /** Lets the next run copy nothing. */
  public static void clearCopies(IntArray run) {
    run.set(COPIES, 0);
  }

  /** Sets the next run, but for its copies; see {@link org.terraformer.ports.kernel.Executable#run}. */
  public static void set(IntArray run, int firstSlot, int sequences, int length, int kept) {
    run.set(FIRST_SLOT, firstSlot);
    run.set(LENGTH, length);
    run.set(KEPT, kept);
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
