package org.terraformer.tornado.task;

import org.terraformer.tornado.kernel.KernelTask;
import org.terraformer.tornado.kernel.RunParameters;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** Lets a sequence slot go on from where another is. */
public final class StateTasks {
  private StateTasks() {}

  /**
   * A task that copies a slot's state in runs that say so.
   *
   * @param elements of one slot
   */
  public static KernelTask copySlot(String name, IntArray run, TornadoNativeArray state, int elements) {
    KernelContext context = new KernelContext();
    TaskPackage task = switch (state) {
      case ShortArray halves -> TaskPackage.createPackage(name, StateTasks::copyHalves, context, run, halves, elements);
      case IntArray ints -> TaskPackage.createPackage(name, StateTasks::copyInts, context, run, ints, elements);
      default -> TaskPackage.createPackage(name, StateTasks::copy, context, run, (FloatArray) state, elements);
    };
    return KernelTask.perElement(task, elements);
  }

  static void copyHalves(KernelContext context, IntArray run, ShortArray state, int elements) {
    int from = run.get(RunParameters.COPY_FROM);
    int to = run.get(RunParameters.COPY_TO);
    int all = from < 0 ? 0 : elements;
    for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
      state.set(to * elements + i, state.get(from * elements + i));
    }
  }

  static void copyInts(KernelContext context, IntArray run, IntArray state, int elements) {
    int from = run.get(RunParameters.COPY_FROM);
    int to = run.get(RunParameters.COPY_TO);
    int all = from < 0 ? 0 : elements;
    for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
      state.set(to * elements + i, state.get(from * elements + i));
    }
  }

  static void copy(KernelContext context, IntArray run, FloatArray state, int elements) {
    int from = run.get(RunParameters.COPY_FROM);
    int to = run.get(RunParameters.COPY_TO);
    int all = from < 0 ? 0 : elements;
    for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
      state.set(to * elements + i, state.get(from * elements + i));
    }
  }
}
