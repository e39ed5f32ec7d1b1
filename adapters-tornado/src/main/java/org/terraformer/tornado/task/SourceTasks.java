package org.terraformer.tornado.task;

import java.util.List;
import org.terraformer.ports.operation.MemoryAttention;
import org.terraformer.ports.operation.SourceRows;
import org.terraformer.tornado.kernel.KernelSite;
import org.terraformer.tornado.kernel.KernelTask;
import org.terraformer.tornado.kernel.RunParameters;
import org.terraformer.tornado.kernel.Work;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Operations of models that read a source: its rows, attention to it, its mean, and rows that a mask hides. */
final class SourceTasks {
  private SourceTasks() {}

  static List<KernelTask> targetPositions(KernelSite site) {
    return List.of(KernelTask.perElement(TaskPackage.createPackage(site.taskName(""), SourceTasks::behindSource, site.context(), site.run(),
        site.ints(0), site.ints(1), site.intResult(), site.items()), site.mostItems()));
  }

  static void behindSource(KernelContext context, IntArray run, IntArray positions, IntArray lengths, IntArray y, int items) {
    int length = run.get(RunParameters.LENGTH);
    int all = run.get(items);
    for (int row = context.globalIdx; row < all; row += context.globalGroupSizeX) {
      int position = positions.get(row) - lengths.get(row / length);
      y.set(row, position < 0 ? 0 : position);
    }
  }

  static List<KernelTask> sourceRows(KernelSite site) {
    int width = site.step().result().width();
    return List.of(KernelTask.perElement(TaskPackage.createPackage(site.taskName(""), SourceTasks::rowsOnOneSide, site.context(), site.run(),
        site.floats(0), site.ints(1), site.ints(2), site.result(), site.items(), width,
        ((SourceRows) site.step().operation()).source() ? 1 : 0), site.mostItems().times(width)));
  }

  static void rowsOnOneSide(KernelContext context, IntArray run, FloatArray x, IntArray positions, IntArray lengths, FloatArray y, int items,
      int width, int source) {
    int length = run.get(RunParameters.LENGTH);
    int all = run.get(items) * width;
    for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
      int row = i / width;
      int inSource = positions.get(row) < lengths.get(row / length) ? 1 : 0;
      y.set(i, inSource == source ? x.get(i) : 0f);
    }
  }

  static List<KernelTask> hideRows(KernelSite site) {
    int width = site.step().result().width();
    return List.of(KernelTask.perElement(TaskPackage.createPackage(site.taskName(""), SourceTasks::visibleRows, site.context(), site.run(),
        site.floats(0), site.ints(1), site.result(), site.items(), width), site.mostItems().times(width)));
  }

  static void visibleRows(KernelContext context, IntArray run, FloatArray x, IntArray mask, FloatArray y, int items, int width) {
    int all = run.get(items) * width;
    for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
      y.set(i, mask.get(i / width) == 0 ? 0f : x.get(i));
    }
  }

  static List<KernelTask> sequenceMean(KernelSite site) {
    int width = site.step().result().width();
    return List.of(KernelTask.perElement(TaskPackage.createPackage(site.taskName(""), SourceTasks::means, site.context(), site.run(),
        site.floats(0), site.result(), site.items(), width), site.mostItems().times(width)));
  }

  static void means(KernelContext context, IntArray run, FloatArray x, FloatArray y, int items, int width) {
    int length = run.get(RunParameters.LENGTH);
    int all = run.get(items) * width;
    for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
      float sum = 0;
      for (int t = 0; t < length; t++) {
        sum += x.get((i / width * length + t) * width + i % width);
      }
      y.set(i, sum / length);
    }
  }

  static List<KernelTask> memoryAttention(KernelSite site) {
    int heads = ((MemoryAttention) site.step().operation()).heads();
    int tokens = site.operand(1).shape().intAxis(1);
    Work groups = AttentionTasks.groups(site, heads);
    TaskPackage attend = TaskPackage.createPackage(site.taskName(""), SourceTasks::attendToMemory, site.context(), site.run(),
        site.floats(0), site.floats(1), site.floats(2), site.scratch(groups.prompt() * tokens), site.result(), site.items(), heads, tokens,
        site.operand(1).shape().intAxis(2), site.operand(2).shape().intAxis(2));
    return List.of(KernelTask.perRow(attend, groups));
  }

  static void attendToMemory(KernelContext context, IntArray run, FloatArray queries, FloatArray keys, FloatArray values,
      FloatArray scores, FloatArray y, int items, int heads, int tokens, int keySize, int valueSize) {
    float[] partial = context.allocateFloatLocalArray(KernelTask.GROUP);
    int all = run.get(items) * heads;
    int groups = context.globalGroupSizeX / context.localGroupSizeX;
    int mine = context.groupIdx * tokens;
    float scale = 1 / TornadoMath.sqrt((float) keySize);
    for (int item = context.groupIdx; item < all; item += groups) {
      int first = item % heads * tokens;
      float largest = GroupReduction.LOWEST;
      for (int j = context.localIdx; j < tokens; j += context.localGroupSizeX) {
        float dot = 0;
        for (int i = 0; i < keySize; i++) {
          dot += queries.get(item * keySize + i) * keys.get((first + j) * keySize + i);
        }
        scores.set(mine + j, dot * scale);
        largest = TornadoMath.max(largest, dot * scale);
      }
      largest = GroupReduction.max(context, partial, largest);
      float total = AttentionTasks.exponentials(context, partial, scores, mine, tokens, largest);
      for (int i = context.localIdx; i < valueSize; i += context.localGroupSizeX) {
        float sum = 0;
        for (int j = 0; j < tokens; j++) {
          sum += scores.get(mine + j) * values.get((first + j) * valueSize + i);
        }
        y.set(item * valueSize + i, sum / total);
      }
      context.globalBarrier();
    }
  }
}
