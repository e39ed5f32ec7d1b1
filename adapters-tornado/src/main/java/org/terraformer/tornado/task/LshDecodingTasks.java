package org.terraformer.tornado.task;

import java.util.List;
import org.terraformer.ports.operation.LshAttention;
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
 * Attention of a row to the latest of those before it that share a bucket with it, and if these are too few, to the latest of the others.
 * Instead of an index, the chains hold the buckets of all positions, and the threads of a group look at every one of them: that is less to
 * read than the keys.
 */
final class LshDecodingTasks {
  private LshDecodingTasks() {}

  /** The tasks for rows that come later: they remember their buckets, then attend to those alike. */
  static List<KernelTask> decoded(KernelSite site, LshAttention operation, DeviceCache keys, DeviceCache values) {
    IntArray chains = site.ints(8);
    int cells = operation.heads() * operation.hashes();
    IntArray sizes = AttentionTasks.sizes(site, operation.heads(), operation.window());
    sizes.set(AttentionSizes.HASHES, operation.hashes());
    sizes.set(AttentionSizes.CANDIDATES, operation.candidates());
    Work groups = AttentionTasks.groups(site, operation.heads());
    return List.of(
        KernelTask.perElement(TaskPackage.createPackage(site.taskName("_buckets"), LshDecodingTasks::remember, site.context(), site.run(),
            site.ints(3), site.ints(4), chains, site.limits().contextLength(), cells), site.mostRows().times(cells)),
        KernelTask.perRow(TaskPackage.createPackage(site.taskName(""), LshDecodingTasks::attendToAlike, site.context(), site.run(), sizes,
            site.floats(0), site.ints(4), keys.floats(), keys.halves(), values.floats(), values.halves(), chains,
            site.scratch(groups.prompt() * sizes.get(AttentionSizes.SCORES)), site.result(), keys.format()), groups));
  }

  static void remember(KernelContext context, IntArray run, IntArray buckets, IntArray starts, IntArray chains, int contextLength, int cells) {
    int length = run.get(RunParameters.LENGTH);
    int all = run.get(RunParameters.SEQUENCES) * length * cells;
    for (int index = context.globalIdx; index < all; index += context.globalGroupSizeX) {
      int row = index / cells;
      int sequence = row / length;
      int place = (run.get(RunParameters.FIRST_SLOT) + sequence) * contextLength + starts.get(sequence) + row % length;
      chains.set(place * cells + index % cells, buckets.get(index));
    }
  }

  /**
   * Every thread of a group has some neighbouring positions. It counts those that are alike, learns from the others' counts how many there
   * are behind its own, and so knows which of its own are among the latest.
   */
  static void attendToAlike(KernelContext context, IntArray run, IntArray sizes, FloatArray queries, IntArray starts, FloatArray keyFloats,
      ShortArray keyHalves, FloatArray valueFloats, ShortArray valueHalves, IntArray chains, FloatArray scores, FloatArray y, int format) {
    float[] partial = context.allocateFloatLocalArray(KernelTask.GROUP);
    int[] alike = context.allocateIntLocalArray(KernelTask.GROUP);
    int heads = sizes.get(AttentionSizes.HEADS);
    int keyWidth = sizes.get(AttentionSizes.KEY_WIDTH);
    int valueWidth = sizes.get(AttentionSizes.VALUE_WIDTH);
    int hashes = sizes.get(AttentionSizes.HASHES);
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
      int position = starts.get(sequence) + row % length;
      int count = position + 1;
      int wanted = valueSize;
      if (starts.get(sequence) == 0) {
        if (length > 1) {
          count = 0;
          wanted = 0;
        }
      }
      int share = (count + context.localGroupSizeX - 1) / context.localGroupSizeX;
      int from = TornadoMath.min(count, context.localIdx * share);
      int to = TornadoMath.min(count, from + share);
      int found = 0;
      for (int other = from; other < to; other++) {
        found += shareBucket(chains, slot + position, slot + other, heads, head, hashes);
      }
      alike[context.localIdx] = found;
      context.localBarrier();
      int allAlike = 0;
      int rank = 0;
      for (int thread = 0; thread < context.localGroupSizeX; thread++) {
        allAlike += alike[thread];
        if (thread > context.localIdx) {
          rank += alike[thread];
        }
      }
      int alikeSeen = TornadoMath.min(allAlike, sizes.get(AttentionSizes.CANDIDATES));
      int othersSeen = TornadoMath.min(count, sizes.get(AttentionSizes.CANDIDATES)) - alikeSeen;
      int otherRank = count - to - rank;
      float largest = GroupReduction.LOWEST;
      for (int j = 1; j <= to - from; j++) {
        int other = to - j;
        int same = shareBucket(chains, slot + position, slot + other, heads, head, hashes);
        float score = GroupReduction.LOWEST;
        if (same * rank + (1 - same) * otherRank < same * alikeSeen + (1 - same) * othersSeen) {
          int key = (slot + other) * keyWidth + head * keySize;
          float dot = 0;
          for (int i = 0; i < keySize; i++) {
            dot += queries.get(row * keyWidth + head * keySize + i) * CacheElement.at(keyFloats, keyHalves, format, key + i);
          }
          score = dot * scale;
          if (other == position) {
            score -= sizes.get(AttentionSizes.SELF);
          }
        }
        rank += same;
        otherRank += 1 - same;
        scores.set(mine + other, score);
        largest = TornadoMath.max(largest, score);
      }
      // From here on a thread reads scores that others have written.
      context.globalBarrier();
      largest = GroupReduction.max(context, partial, largest);
      float total = AttentionTasks.exponentials(context, partial, scores, mine, count, largest);
      for (int i = context.localIdx; i < wanted; i += context.localGroupSizeX) {
        float sum = 0;
        for (int j = 0; j < count; j++) {
          float weight = scores.get(mine + j);
          if (weight > 0) {
            sum += weight * CacheElement.at(valueFloats, valueHalves, format, (slot + j) * valueWidth + head * valueSize + i);
          }
        }
        y.set(row * valueWidth + head * valueSize + i, sum / total);
      }
      context.globalBarrier();
    }
  }

  /** 1 if two rows share a bucket in at least one round, else 0. */
  private static int shareBucket(IntArray chains, int row, int other, int heads, int head, int hashes) {
    int shared = 0;
    for (int hash = 0; hash < hashes; hash++) {
      if (chains.get((row * heads + head) * hashes + hash) == chains.get((other * heads + head) * hashes + hash)) {
        shared = 1;
      }
    }
    return shared;
  }
}
