package org.terraformer.tornado.task;

import java.util.List;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.AttentionWindow;
import org.terraformer.ports.operation.CausalAttention;
import org.terraformer.ports.operation.ChunkedAttention;
import org.terraformer.tornado.kernel.CacheElement;
import org.terraformer.tornado.kernel.DeviceCache;
import org.terraformer.tornado.kernel.KernelSite;
import org.terraformer.tornado.kernel.KernelTask;
import org.terraformer.tornado.kernel.RunParameters;
import org.terraformer.tornado.kernel.Work;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/**
 * Causal attention to a cache of keys and values. In this and all other attention a group of threads works on one head of one row, with the
 * scores in memory of the group's own.
 */
final class AttentionTasks {
  /** Groups at most, as each has scores of its own. */
  private static final int MOST_GROUPS = 256;

  private AttentionTasks() {}

  /** The groups for the heads of as many rows as a run has at most. */
  static Work groups(KernelSite site, int heads) {
    return site.mostRows().times(heads).atMost(MOST_GROUPS);
  }

  static List<KernelTask> causal(KernelSite site) {
    return causal(site, ((CausalAttention) site.step().operation()).heads(), AttentionWindow.whole(true, false, false));
  }

  static List<KernelTask> chunked(KernelSite site) {
    ChunkedAttention operation = (ChunkedAttention) site.step().operation();
    return operation.window().causal() ? causal(site, operation.heads(), operation.window()) : WindowTasks.chunked(site, operation);
  }

  private static List<KernelTask> causal(KernelSite site, int heads, AttentionWindow window) {
    DeviceCache keys = site.cache(4);
    DeviceCache values = site.cache(5);
    return List.of(remember(site, 1, 3, keys, values), attend(site, sizes(site, heads, window), 3, keys, values));
  }

  static IntArray sizes(KernelSite site, int heads, AttentionWindow window) {
    return AttentionSizes.of(site, heads, window, 0, site.limits().contextLength());
  }

  /**
   * The task that attends to what the cache has.
   *
   * @param starts the operand with the start positions
   */
  static KernelTask attend(KernelSite site, IntArray sizes, int starts, DeviceCache keys, DeviceCache values) {
    Work groups = groups(site, sizes.get(AttentionSizes.HEADS));
    TaskPackage task = TaskPackage.createPackage(site.taskName(""), AttentionTasks::attend, site.context(), site.run(), sizes, site.floats(0),
        site.ints(starts), keys.floats(), keys.halves(), values.floats(), values.halves(),
        site.scratch(groups.prompt() * sizes.get(AttentionSizes.SCORES)), site.result(), keys.format());
    return KernelTask.perRow(task, groups);
  }

  /**
   * The task that writes the keys and values of the run's rows to the cache. Values are operand 2.
   *
   * @param keyOperand the operand with the keys
   * @param starts the operand with the start positions
   */
  static KernelTask remember(KernelSite site, int keyOperand, int starts, DeviceCache keys, DeviceCache values) {
    Value key = site.operand(keyOperand);
    Value value = site.operand(2);
    TaskPackage task = TaskPackage.createPackage(site.taskName("_cache"), AttentionTasks::remember, site.context(), site.run(),
        site.floats(keyOperand), site.floats(2), site.ints(starts), keys.floats(), keys.halves(), values.floats(), values.halves(),
        site.limits().contextLength(), key.width(), value.width(), keys.format());
    return KernelTask.perElement(task, site.mostRows().times(Math.max(key.width(), value.width())));
  }

  static void remember(KernelContext context, IntArray run, FloatArray keys, FloatArray values, IntArray starts, FloatArray keyFloats,
      ShortArray keyHalves, FloatArray valueFloats, ShortArray valueHalves, int contextLength, int keyWidth, int valueWidth, int format) {
    int firstSlot = run.get(RunParameters.FIRST_SLOT);
    int length = run.get(RunParameters.LENGTH);
    int rows = run.get(RunParameters.SEQUENCES) * length;
    for (int index = context.globalIdx; index < rows * keyWidth; index += context.globalGroupSizeX) {
      int row = index / keyWidth;
      int sequence = row / length;
      int place = (firstSlot + sequence) * contextLength + starts.get(sequence) + row % length;
      CacheElement.set(keyFloats, keyHalves, format, place * keyWidth + index % keyWidth, keys.get(index));
    }
    for (int index = context.globalIdx; index < rows * valueWidth; index += context.globalGroupSizeX) {
      int row = index / valueWidth;
      int sequence = row / length;
      int place = (firstSlot + sequence) * contextLength + starts.get(sequence) + row % length;
      CacheElement.set(valueFloats, valueHalves, format, place * valueWidth + index % valueWidth, values.get(index));
    }
  }

  static void attend(KernelContext context, IntArray run, IntArray sizes, FloatArray queries, IntArray starts, FloatArray keyFloats,
      ShortArray keyHalves, FloatArray valueFloats, ShortArray valueHalves, FloatArray scores, FloatArray y, int format) {
    float[] partial = context.allocateFloatLocalArray(KernelTask.GROUP);
    int heads = sizes.get(AttentionSizes.HEADS);
    int keyWidth = sizes.get(AttentionSizes.KEY_WIDTH);
    int valueWidth = sizes.get(AttentionSizes.VALUE_WIDTH);
    int chunkLength = sizes.get(AttentionSizes.CHUNK);
    int keySize = keyWidth / heads;
    int valueSize = valueWidth / heads;
    int length = run.get(RunParameters.LENGTH);
    int all = run.get(RunParameters.SEQUENCES) * length * heads;
    int groups = context.globalGroupSizeX / context.localGroupSizeX;
    int mine = context.groupIdx * sizes.get(AttentionSizes.SCORES);
    float scale = 1 / TornadoMath.sqrt((float) keySize);
    for (int work = context.groupIdx; work < all; work += groups) {
      int row = work / heads;
      int head = work % heads;
      int sequence = row / length;
      int slot = (run.get(RunParameters.FIRST_SLOT) + sequence) * sizes.get(AttentionSizes.CONTEXT);
      int start = starts.get(sequence);
      int position = start + row % length;
      int chunk = position / chunkLength - sizes.get(AttentionSizes.BEFORE);
      int first = chunk > 0 ? chunk * chunkLength : 0;
      int count = position + 1 - first;
      int wanted = valueSize;
      if (start == 0) {
        if (length > sizes.get(AttentionSizes.MOST)) {
          count = 0;
          wanted = 0;
        }
      }
      float largest = GroupReduction.LOWEST;
      for (int j = context.localIdx; j < count; j += context.localGroupSizeX) {
        int key = (slot + first + j) * keyWidth + head * keySize;
        float dot = 0;
        for (int i = 0; i < keySize; i++) {
          dot += queries.get(row * keyWidth + head * keySize + i) * CacheElement.at(keyFloats, keyHalves, format, key + i);
        }
        float score = dot * scale;
        if (first + j == position) {
          score -= sizes.get(AttentionSizes.SELF);
        }
        scores.set(mine + j, score);
        largest = TornadoMath.max(largest, score);
      }
      largest = GroupReduction.max(context, partial, largest);
      float total = exponentials(context, partial, scores, mine, count, largest);
      for (int i = context.localIdx; i < wanted; i += context.localGroupSizeX) {
        float sum = 0;
        for (int j = 0; j < count; j++) {
          int value = (slot + first + j) * valueWidth + head * valueSize + i;
          sum += scores.get(mine + j) * CacheElement.at(valueFloats, valueHalves, format, value);
        }
        y.set(row * valueWidth + head * valueSize + i, sum / total);
      }
      context.globalBarrier();
    }
  }

  /** Replaces the group's scores by their exponentials, seen by all of its threads, and gives their sum. */
  static float exponentials(KernelContext context, float[] partial, FloatArray scores, int mine, int count, float largest) {
    float sum = 0;
    for (int j = context.localIdx; j < count; j += context.localGroupSizeX) {
      float exponential = TornadoMath.exp(scores.get(mine + j) - largest);
      scores.set(mine + j, exponential);
      sum += exponential;
    }
    context.globalBarrier();
    return GroupReduction.sum(context, partial, sum);
  }
}
