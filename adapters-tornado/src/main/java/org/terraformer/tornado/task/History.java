package org.terraformer.tornado.task;

import java.util.List;
import org.terraformer.ports.kernel.Value;
import org.terraformer.tornado.kernel.KernelSite;
import org.terraformer.tornado.kernel.KernelTask;
import org.terraformer.tornado.kernel.RunParameters;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The inputs of the last positions, in state. They lie in a ring: what stood at position p is item p mod items. All of a run's rows are
 * computed before the last of them are remembered.
 */
final class History {
  private History() {}

  /** The input {@code lag} positions before a row, element i of it; 0 before the start. */
  static float at(FloatArray x, IntArray starts, FloatArray state, int firstSlot, int length, int items, int width, int row, int lag, int i) {
    int sequence = row / length;
    int t = row % length - lag;
    float element = 0;
    if (t >= 0) {
      element = x.get((row - lag) * width + i);
    } else {
      int position = starts.get(sequence) + t;
      if (position >= 0) {
        element = state.get(((firstSlot + sequence) * items + position % items) * width + i);
      }
    }
    return element;
  }

  /** The tasks of a step that looks back: its own, then, if there is a history at all, the one that remembers. */
  static List<KernelTask> remembering(KernelSite site, KernelTask compute) {
    Value history = site.operand(3);
    int items = history.shape().intAxis(0);
    if (history.width() == 0) {
      return List.of(compute);
    }
    int width = history.width() / items;
    TaskPackage task = TaskPackage.createPackage(site.taskName("_remember"), History::remember, site.context(), site.run(), site.floats(0),
        site.ints(2), site.floats(3), items, width);
    return List.of(compute, KernelTask.perElement(task, site.mostRows().atMost((long) site.limits().sequences() * items).times(width)));
  }

  static void remember(KernelContext context, IntArray run, FloatArray x, IntArray starts, FloatArray state, int items, int width) {
    int firstSlot = run.get(RunParameters.FIRST_SLOT);
    int length = run.get(RunParameters.LENGTH);
    int rows = length < items ? length : items;
    int all = run.get(RunParameters.SEQUENCES) * rows * width;
    for (int index = context.globalIdx; index < all; index += context.globalGroupSizeX) {
      int i = index % width;
      int sequence = index / width / rows;
      int t = length - rows + index / width % rows;
      int item = (starts.get(sequence) + t) % items;
      state.set(((firstSlot + sequence) * items + item) * width + i, x.get((sequence * length + t) * width + i));
    }
  }
}
