package org.terraformer.tornado.task;

import java.util.List;
import org.terraformer.ports.operation.AttentionWindow;
import org.terraformer.ports.operation.ChunkedAttention;
import org.terraformer.ports.operation.MaskedAttention;
import org.terraformer.tornado.kernel.KernelSite;
import org.terraformer.tornado.kernel.KernelTask;
import org.terraformer.tornado.kernel.RunParameters;
import org.terraformer.tornado.kernel.Work;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Attention among the rows of a run, earlier and later ones, within a window of chunks. */
final class WindowTasks {
  private WindowTasks() {}

  static List<KernelTask> masked(KernelSite site) {
    int heads = ((MaskedAttention) site.step().operation()).heads();
    return List.of(attend(site, sizes(site, heads, AttentionWindow.whole(false, false, true), 0), 1, starts(site), site.ints(3)));
  }

  static List<KernelTask> chunked(KernelSite site, ChunkedAttention operation) {
    AttentionWindow window = operation.window();
    IntArray mask = window.masked() ? site.ints(3) : site.allocateInts(1);
    return List.of(attend(site, sizes(site, operation.heads(), window, AttentionWindow.FIRST_HIDDEN), 1, starts(site), mask));
  }

  private static IntArray starts(KernelSite site) {
    return site.allocateInts(site.limits().sequences());
  }

  static IntArray sizes(KernelSite site, int heads, AttentionWindow window, int firstHidden) {
    int rows = site.limits().rows();
    int chunkLength = window.chunkLength() == 0 ? rows : Math.min(window.chunkLength(), rows);
    return AttentionSizes.of(site, heads, window, firstHidden, Math.multiplyExact(chunkLength, window.chunks()));
  }

  /**
   * The task that attends to the rows of runs from position 0 on.
   *
   * @param keyOperand the operand with the keys
   */
  static KernelTask attend(KernelSite site, IntArray sizes, int keyOperand, IntArray starts, IntArray mask) {
    Work groups = AttentionTasks.groups(site, sizes.get(AttentionSizes.HEADS));
    TaskPackage task = TaskPackage.createPackage(site.taskName("_rows"), WindowTasks::attend, site.context(), site.run(), sizes,
        site.floats(0), site.floats(keyOperand), site.floats(2), starts, mask,
        site.scratch(groups.prompt() * sizes.get(AttentionSizes.SCORES)), site.result());
    return KernelTask.perRow(task, groups);
  }

  static void attend(KernelContext context, IntArray run, IntArray sizes, FloatArray queries, FloatArray keys, FloatArray values,
      IntArray starts, IntArray mask, FloatArray scores, FloatArray y) {
    float[] partial = context.allocateFloatLocalArray(KernelTask.GROUP);
    int heads = sizes.get(AttentionSizes.HEADS);
    int keyWidth = sizes.get(AttentionSizes.KEY_WIDTH);
    int valueWidth = sizes.get(AttentionSizes.VALUE_WIDTH);
    int before = sizes.get(AttentionSizes.BEFORE);
    int keySize = keyWidth / heads;
    int valueSize = valueWidth / heads;
    int length = run.get(RunParameters.LENGTH);
    int all = run.get(RunParameters.SEQUENCES) * length * heads;
    if (length < sizes.get(AttentionSizes.FEWEST)) {
      all = 0;
    }
    if (length > sizes.get(AttentionSizes.MOST)) {
      all = 0;
    }
    int size = TornadoMath.max(1, TornadoMath.min(length, sizes.get(AttentionSizes.CHUNK)));
    int groups = context.globalGroupSizeX / context.localGroupSizeX;
    int mine = context.groupIdx * sizes.get(AttentionSizes.SCORES);
    int ofWindow = (before + 1 + sizes.get(AttentionSizes.AFTER)) * size;
    float scale = 1 / TornadoMath.sqrt((float) keySize);
    for (int work = context.groupIdx; work < all; work += groups) {
      int row = work / heads;
      int head = work % heads;
      int position = row % length;
      int base = row - position;
      int count = ofWindow;
      int wanted = valueSize;
      if (starts.get(row / length) > 0) {
        count = 0;
        wanted = 0;
      }
      int chunks = (length + size - 1) / size;
      // The first chunk that is seen, counted so that it is not negative.
      int first = position / size + before * chunks - before;
      float largest = GroupReduction.LOWEST;
      for (int j = context.localIdx; j < count; j += context.localGroupSizeX) {
        int other = (first + j / size) % chunks * size + j % size;
        float score = GroupReduction.LOWEST;
        if (other < length) {
          score = -penalty(sizes, mask, position, base, other);
          if (score > -AttentionSizes.HIDDEN) {
            score += scale * dot(queries, row * keyWidth + head * keySize, keys, (base + other) * keyWidth + head * keySize, keySize);
          }
        }
        scores.set(mine + j, score);
        largest = TornadoMath.max(largest, score);
      }
      largest = GroupReduction.max(context, partial, largest);
      float total = AttentionTasks.exponentials(context, partial, scores, mine, count, largest);
      for (int i = context.localIdx; i < wanted; i += context.localGroupSizeX) {
        float sum = 0;
        for (int j = 0; j < count; j++) {
          int other = (first + j / size) % chunks * size + j % size;
          if (other < length) {
            sum += scores.get(mine + j) * values.get((base + other) * valueWidth + head * valueSize + i);
          }
        }
        y.set(row * valueWidth + head * valueSize + i, sum / total);
      }
      context.globalBarrier();
    }
  }

  static float dot(FloatArray queries, int query, FloatArray keys, int key, int size) {
    float dot = 0;
    for (int i = 0; i < size; i++) {
      dot += queries.get(query + i) * keys.get(key + i);
    }
    return dot;
  }

  /** What is taken off the score that a row has with another of its sequence; see {@link AttentionWindow#penalty}. */
  static float penalty(IntArray sizes, IntArray mask, int position, int base, int other) {
    float penalty = 0;
    if (other == position) {
      penalty += sizes.get(AttentionSizes.SELF);
    }
    if (other > position) {
      penalty += sizes.get(AttentionSizes.CAUSAL) * AttentionSizes.HIDDEN;
    }
    if (other >= sizes.get(AttentionSizes.FIRST_HIDDEN)) {
      if (mask.get(base + other) == 0) {
        penalty += AttentionSizes.HIDDEN;
      }
    }
    return penalty;
  }
}
