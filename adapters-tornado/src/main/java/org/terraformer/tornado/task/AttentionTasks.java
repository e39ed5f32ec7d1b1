package org.terraformer.tornado.task;

import java.util.List;
import org.terraformer.ports.operation.CausalAttention;
import org.terraformer.ports.operation.MaskedAttention;
import org.terraformer.tornado.kernel.CacheElement;
import org.terraformer.tornado.kernel.DeviceCache;
import org.terraformer.tornado.kernel.KernelSite;
import org.terraformer.tornado.kernel.KernelTask;
import org.terraformer.tornado.kernel.RunParameters;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** Attention; a group of threads works on one head of one row, with the scores in memory of the group's own. */
final class AttentionTasks {
  private static final float HIDDEN = -1e9f;
  /** Less than every score. */
  static final float LOWEST = -Float.MAX_VALUE;

  /** Groups at most, as each has scores of its own. */
  private static final int MOST_GROUPS = 256;

  private AttentionTasks() {}

  /** The groups for so many heads of rows. */
  static long groups(long wanted) {
    return Math.min(MOST_GROUPS, wanted);
  }

  static List<KernelTask> causal(KernelSite site) {
    int heads = ((CausalAttention) site.step().operation()).heads();
    int keyWidth = site.operand(1).width();
    int valueWidth = site.operand(2).width();
    int context = site.limits().contextLength();
    long groups = groups((long) site.limits().sequences() * heads);
    DeviceCache keys = site.cache(4);
    DeviceCache values = site.cache(5);
    TaskPackage attend = TaskPackage.createPackage(site.taskName(""), AttentionTasks::attend, site.context(), site.run(), site.floats(0),
        site.ints(3), keys.floats(), keys.halves(), values.floats(), values.halves(), site.allocateFloats(groups * context), site.result(),
        context, heads, keyWidth, valueWidth, keys.format());
    return List.of(remember(site, keys, values), KernelTask.perRow(attend, groups));
  }

  /** The task that writes the keys and values of the run's rows to the cache. */
  private static KernelTask remember(KernelSite site, DeviceCache keys, DeviceCache values) {
    int keyWidth = site.operand(1).width();
    int valueWidth = site.operand(2).width();
    TaskPackage task = TaskPackage.createPackage(site.taskName("_cache"), AttentionTasks::remember, site.context(), site.run(),
        site.floats(1), site.floats(2), site.ints(3), keys.floats(), keys.halves(), values.floats(), values.halves(),
        site.limits().contextLength(), keyWidth, valueWidth, keys.format());
    return KernelTask.perElement(task, (long) site.limits().sequences() * Math.max(keyWidth, valueWidth));
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

  static void attend(KernelContext context, IntArray run, FloatArray queries, IntArray starts, FloatArray keyFloats,
      ShortArray keyHalves, FloatArray valueFloats, ShortArray valueHalves, FloatArray scores, FloatArray y, int contextLength, int heads,
      int keyWidth, int valueWidth, int format) {
    float[] partial = context.allocateFloatLocalArray(KernelTask.GROUP);
    int firstSlot = run.get(RunParameters.FIRST_SLOT);
    int length = run.get(RunParameters.LENGTH);
    int all = run.get(RunParameters.SEQUENCES) * length * heads;
    int groups = context.globalGroupSizeX / context.localGroupSizeX;
    int mine = context.groupIdx * contextLength;
    int keySize = keyWidth / heads;
    int valueSize = valueWidth / heads;
    float scale = 1 / TornadoMath.sqrt((float) keySize);
    for (int work = context.groupIdx; work < all; work += groups) {
      int row = work / heads;
      int head = work % heads;
      int sequence = row / length;
      int slot = (firstSlot + sequence) * contextLength;
      int count = starts.get(sequence) + row % length + 1;
      float largest = LOWEST;
      for (int j = context.localIdx; j < count; j += context.localGroupSizeX) {
        float dot = 0;
        for (int i = 0; i < keySize; i++) {
          dot += queries.get(row * keyWidth + head * keySize + i)
              * CacheElement.at(keyFloats, keyHalves, format, (slot + j) * keyWidth + head * keySize + i);
        }
        scores.set(mine + j, dot * scale);
        largest = TornadoMath.max(largest, dot * scale);
      }
      largest = GroupReduction.max(context, partial, largest);
      float total = exponentials(context, partial, scores, mine, count, largest);
      for (int i = context.localIdx; i < valueSize; i += context.localGroupSizeX) {
        float sum = 0;
        for (int j = 0; j < count; j++) {
          sum += scores.get(mine + j)
              * CacheElement.at(valueFloats, valueHalves, format, (slot + j) * valueWidth + head * valueSize + i);
        }
        y.set(row * valueWidth + head * valueSize + i, sum / total);
      }
      context.globalBarrier();
    }
  }

  static List<KernelTask> masked(KernelSite site) {
    int heads = ((MaskedAttention) site.step().operation()).heads();
    int rows = site.limits().rows();
    long groups = groups((long) rows * heads);
    TaskPackage attend = TaskPackage.createPackage(site.taskName(""), AttentionTasks::attendWhereAllowed, site.context(), site.run(),
        site.floats(0), site.floats(1), site.floats(2), site.ints(3), site.allocateFloats(groups * rows), site.result(), rows, heads,
        site.operand(1).width(), site.operand(2).width());
    return List.of(KernelTask.perRow(attend, groups));
  }

  static void attendWhereAllowed(KernelContext context, IntArray run, FloatArray queries, FloatArray keys, FloatArray values, IntArray mask,
      FloatArray scores, FloatArray y, int mostRows, int heads, int keyWidth, int valueWidth) {
    float[] partial = context.allocateFloatLocalArray(KernelTask.GROUP);
    int length = run.get(RunParameters.LENGTH);
    int all = run.get(RunParameters.SEQUENCES) * length * heads;
    int groups = context.globalGroupSizeX / context.localGroupSizeX;
    int mine = context.groupIdx * mostRows;
    int keySize = keyWidth / heads;
    int valueSize = valueWidth / heads;
    float scale = 1 / TornadoMath.sqrt((float) keySize);
    for (int work = context.groupIdx; work < all; work += groups) {
      int row = work / heads;
      int head = work % heads;
      int first = row / length * length;
      float largest = LOWEST;
      for (int j = context.localIdx; j < length; j += context.localGroupSizeX) {
        float score = HIDDEN;
        if (mask.get(first + j) != 0) {
          float dot = 0;
          for (int i = 0; i < keySize; i++) {
            dot += queries.get(row * keyWidth + head * keySize + i) * keys.get((first + j) * keyWidth + head * keySize + i);
          }
          score = dot * scale;
        }
        scores.set(mine + j, score);
        largest = TornadoMath.max(largest, score);
      }
      largest = GroupReduction.max(context, partial, largest);
      float total = exponentials(context, partial, scores, mine, length, largest);
      for (int i = context.localIdx; i < valueSize; i += context.localGroupSizeX) {
        float sum = 0;
        for (int j = 0; j < length; j++) {
          sum += scores.get(mine + j) * values.get((first + j) * valueWidth + head * valueSize + i);
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
