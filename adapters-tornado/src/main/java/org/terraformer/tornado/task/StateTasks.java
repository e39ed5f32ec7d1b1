package org.terraformer.tornado.task;

import org.terraformer.tornado.kernel.KernelTask;
import org.terraformer.tornado.kernel.RunParameters;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Lets sequence slots go on from where others are, by copies of their state one after another: a thread that copies an element has
 * copied the elements at the same place of the slots before.
 */
public final class StateTasks {
  private StateTasks() {}

  /**
   * A task that copies slots' states in runs that say so.
   *
   * @param elements of one slot
   * @param perPosition elements of one position, of which only so many positions are copied as the run says; 0 where all are
   */
  public static KernelTask copySlot(String name, IntArray run, TornadoNativeArray state, int elements, int perPosition) {
    KernelContext context = new KernelContext();
    TaskPackage task = switch (state) {
      case ShortArray halves -> TaskPackage.createPackage(name, StateTasks::copyHalves, context, run, halves, elements, perPosition);
      case IntArray ints -> TaskPackage.createPackage(name, StateTasks::copyInts, context, run, ints, elements, perPosition);
      default -> TaskPackage.createPackage(name, StateTasks::copy, context, run, (FloatArray) state, elements, perPosition);
    };
    return KernelTask.perElement(task, elements);
  }

  static void copyHalves(KernelContext context, IntArray run, ShortArray state, int elements, int perPosition) {
    for (int copy = 0; copy < run.get(RunParameters.COPIES); copy++) {
      int place = RunParameters.FIRST_COPY + copy * RunParameters.COPY_SIZE;
      int from = run.get(place) * elements;
      int to = run.get(place + 1) * elements;
      int all = copied(run.get(place + 2), elements, perPosition);
      for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
        state.set(to + i, state.get(from + i));
      }
    }
  }

  static void copyInts(KernelContext context, IntArray run, IntArray state, int elements, int perPosition) {
    for (int copy = 0; copy < run.get(RunParameters.COPIES); copy++) {
      int place = RunParameters.FIRST_COPY + copy * RunParameters.COPY_SIZE;
      int from = run.get(place) * elements;
      int to = run.get(place + 1) * elements;
      int all = copied(run.get(place + 2), elements, perPosition);
      for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
        state.set(to + i, state.get(from + i));
      }
    }
  }

  static void copy(KernelContext context, IntArray run, FloatArray state, int elements, int perPosition) {
    for (int copy = 0; copy < run.get(RunParameters.COPIES); copy++) {
      int place = RunParameters.FIRST_COPY + copy * RunParameters.COPY_SIZE;
      int from = run.get(place) * elements;
      int to = run.get(place + 1) * elements;
      int all = copied(run.get(place + 2), elements, perPosition);
      for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
        state.set(to + i, state.get(from + i));
      }
    }
  }

  private static int copied(int positions, int elements, int perPosition) {
    int copied = elements;
    if (perPosition > 0) {
      copied = TornadoMath.min(elements, positions * perPosition);
    }
    return copied;
  }
}
