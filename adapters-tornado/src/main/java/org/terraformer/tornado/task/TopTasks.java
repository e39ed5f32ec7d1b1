package org.terraformer.tornado.task;

import java.util.List;
import org.terraformer.ports.operation.TopValues;
import org.terraformer.tornado.kernel.KernelSite;
import org.terraformer.tornado.kernel.KernelTask;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The largest elements of a vector, which a group of threads goes through once for each of them. */
final class TopTasks {
  private TopTasks() {}

  static List<KernelTask> topValues(KernelSite site) {
    TaskPackage task = TaskPackage.createPackage(site.taskName(""), TopTasks::find, site.context(), site.run(), site.floats(0), site.ints(1),
        site.result(), site.items(), site.operand(0).width(), ((TopValues) site.step().operation()).most());
    return List.of(KernelTask.perRow(task, site.mostItems()));
  }

  static void find(KernelContext context, IntArray run, FloatArray x, IntArray count, FloatArray y, int items, int choices, int most) {
    float[] partial = context.allocateFloatLocalArray(KernelTask.GROUP);
    int local = context.localIdx;
    int all = run.get(items);
    int wanted = TornadoMath.max(0, TornadoMath.min(most, count.get(0)));
    int groups = context.globalGroupSizeX / context.localGroupSizeX;
    for (int item = context.groupIdx; item < all; item += groups) {
      for (int i = 2 * wanted + local; i < 2 * most; i += context.localGroupSizeX) {
        y.set(2 * item * most + i, 0);
      }
      float previous = 0;
      int previousPlace = -1;
      for (int found = 0; found < wanted; found++) {
        float largest = 0;
        int best = -1;
        for (int choice = local; choice < choices; choice += context.localGroupSizeX) {
          float value = x.get(item * choices + choice);
          int candidate = 0;
          if (found == 0 || value < previous) {
            candidate = 1;
          }
          if (value == previous && choice > previousPlace) {
            candidate = 1;
          }
          if (candidate != 0) {
            if (best < 0 || value > largest) {
              largest = value;
              best = choice;
            }
          }
        }
        previousPlace = GroupReduction.placeOfLargest(context, partial, largest, best);
        if (previousPlace >= 0) {
          previous = x.get(item * choices + previousPlace);
        }
        if (local == 0) {
          y.set(2 * (item * most + found), previous);
          y.set(2 * (item * most + found) + 1, previousPlace);
        }
      }
    }
  }
}
