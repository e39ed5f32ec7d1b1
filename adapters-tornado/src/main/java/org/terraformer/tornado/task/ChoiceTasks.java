package org.terraformer.tornado.task;

import java.util.List;
import org.terraformer.tornado.kernel.KernelSite;
import org.terraformer.tornado.kernel.KernelTask;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Choices within blocks: a thread for each small block, a group of threads for each large one, as a vocabulary is. */
final class ChoiceTasks {
  private static final int MOST_OF_A_THREAD = 4 * KernelTask.GROUP;

  private ChoiceTasks() {}

  static List<KernelTask> blockArgmax(KernelSite site) {
    int blocks = site.step().result().width();
    int choices = (int) site.operand(0).shape().columns();
    if (choices > MOST_OF_A_THREAD) {
      return List.of(KernelTask.perRow(TaskPackage.createPackage(site.taskName(""), ChoiceTasks::largestOfMany, site.context(), site.run(),
          site.floats(0), site.intResult(), site.items(), blocks, choices), site.mostItems().times(blocks)));
    }
    TaskPackage task = TaskPackage.createPackage(site.taskName(""), ChoiceTasks::largest, site.context(), site.run(), site.floats(0),
        site.intResult(), site.items(), blocks, choices);
    return List.of(KernelTask.perElement(task, site.mostItems().times(blocks)));
  }

  static void largest(KernelContext context, IntArray run, FloatArray x, IntArray y, int items, int blocks, int choices) {
    int all = run.get(items) * blocks;
    for (int block = context.globalIdx; block < all; block += context.globalGroupSizeX) {
      int best = 0;
      float most = x.get(block * choices);
      for (int choice = 1; choice < choices; choice++) {
        float value = x.get(block * choices + choice);
        if (value > most) {
          most = value;
          best = choice;
        }
      }
      y.set(block, best);
    }
  }

  static void largestOfMany(KernelContext context, IntArray run, FloatArray x, IntArray y, int items, int blocks, int choices) {
    float[] partial = context.allocateFloatLocalArray(KernelTask.GROUP);
    int local = context.localIdx;
    int all = run.get(items) * blocks;
    int groups = context.globalGroupSizeX / context.localGroupSizeX;
    for (int block = context.groupIdx; block < all; block += groups) {
      int best = local;
      float most = x.get(block * choices + local);
      for (int choice = local + context.localGroupSizeX; choice < choices; choice += context.localGroupSizeX) {
        float value = x.get(block * choices + choice);
        if (value > most) {
          most = value;
          best = choice;
        }
      }
      int place = GroupReduction.placeOfLargest(context, partial, most, best);
      if (local == 0) {
        y.set(block, place);
      }
    }
  }

  static List<KernelTask> blockSoftmaxAt(KernelSite site) {
    int blocks = site.step().result().width();
    int choices = (int) site.operand(0).shape().columns();
    if (choices > MOST_OF_A_THREAD) {
      return List.of(KernelTask.perRow(TaskPackage.createPackage(site.taskName(""), ChoiceTasks::probabilityAmongMany, site.context(),
          site.run(), site.floats(0), site.ints(1), site.result(), site.items(), blocks, choices), site.mostItems().times(blocks)));
    }
    TaskPackage task = TaskPackage.createPackage(site.taskName(""), ChoiceTasks::probabilityAt, site.context(), site.run(), site.floats(0),
        site.ints(1), site.result(), site.items(), blocks, choices);
    return List.of(KernelTask.perElement(task, site.mostItems().times(blocks)));
  }

  static void probabilityAt(KernelContext context, IntArray run, FloatArray x, IntArray index, FloatArray y, int items, int blocks,
      int choices) {
    int all = run.get(items) * blocks;
    for (int block = context.globalIdx; block < all; block += context.globalGroupSizeX) {
      float chosen = x.get(block * choices + index.get(block));
      float largest = chosen;
      for (int choice = 0; choice < choices; choice++) {
        largest = TornadoMath.max(largest, x.get(block * choices + choice));
      }
      float sum = 0;
      for (int choice = 0; choice < choices; choice++) {
        sum += TornadoMath.exp(x.get(block * choices + choice) - largest);
      }
      y.set(block, TornadoMath.exp(chosen - largest) / sum);
    }
  }

  static void probabilityAmongMany(KernelContext context, IntArray run, FloatArray x, IntArray index, FloatArray y, int items, int blocks,
      int choices) {
    float[] partial = context.allocateFloatLocalArray(KernelTask.GROUP);
    int all = run.get(items) * blocks;
    int groups = context.globalGroupSizeX / context.localGroupSizeX;
    for (int block = context.groupIdx; block < all; block += groups) {
      int start = block * choices;
      float largest = GroupReduction.largest(context, partial, x, start, choices);
      float sum = 0;
      for (int choice = context.localIdx; choice < choices; choice += context.localGroupSizeX) {
        sum += TornadoMath.exp(x.get(start + choice) - largest);
      }
      sum = GroupReduction.sum(context, partial, sum);
      if (context.localIdx == 0) {
        y.set(block, TornadoMath.exp(x.get(start + index.get(block)) - largest) / sum);
      }
    }
  }
}
