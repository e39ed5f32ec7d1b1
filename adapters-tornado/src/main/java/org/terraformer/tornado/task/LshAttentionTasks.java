package org.terraformer.tornado.task;

import java.util.ArrayList;
import java.util.List;
import org.terraformer.ports.operation.AttentionWindow;
import org.terraformer.ports.operation.LshAttention;
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

/**
 * Attention among rows that share buckets. What a row sees depends on the run; each of an attention's tasks computes the rows that are its
 * own and leaves the others. Here are those of whole sequences.
 */
final class LshAttentionTasks {
  private LshAttentionTasks() {}

  static List<KernelTask> attention(KernelSite site) {
    LshAttention operation = (LshAttention) site.step().operation();
    boolean mixed = operation.standardLength() > 0;
    boolean causal = operation.window().causal();
    IntArray starts = causal ? site.ints(4) : site.allocateInts(site.limits().sequences());
    List<KernelTask> tasks = new ArrayList<>(sorted(site, operation, starts));
    if (mixed) {
      IntArray sizes = WindowTasks.sizes(site, operation.heads(), operation.standardWindow(), AttentionWindow.FIRST_HIDDEN);
      sizes.set(AttentionSizes.FEWEST, causal ? 2 : 1);
      sizes.set(AttentionSizes.MOST, operation.standardLength());
      tasks.add(WindowTasks.attend(site, sizes, 0, starts, mask(site, operation)));
    }
    if (causal) {
      DeviceCache keys = site.cache(5);
      DeviceCache values = site.cache(6);
      tasks.add(AttentionTasks.remember(site, mixed ? 0 : 1, 4, keys, values));
      if (mixed) {
        IntArray sizes = AttentionTasks.sizes(site, operation.heads(), operation.standardWindow());
        sizes.set(AttentionSizes.MOST, 1);
        tasks.add(AttentionTasks.attend(site, sizes, 4, keys, values));
      } else {
        tasks.addAll(LshDecodingTasks.decoded(site, operation, keys, values));
      }
    }
    return tasks;
  }

  private static IntArray mask(KernelSite site, LshAttention operation) {
    return operation.window().masked() ? site.ints(4) : site.allocateInts(1);
  }

  /** The tasks for whole sequences: rows find their places in each round, then attend to those around these places. */
  private static List<KernelTask> sorted(KernelSite site, LshAttention operation, IntArray starts) {
    AttentionWindow window = operation.window();
    int heads = operation.heads();
    int hashes = operation.hashes();
    int rows = site.limits().rows();
    int ofChunks = Math.multiplyExact(window.chunks(), Math.min(window.chunkLength(), Math.multiplyExact(hashes, rows)));
    IntArray sizes = AttentionSizes.of(site, heads, window, AttentionWindow.FIRST_HIDDEN, Math.multiplyExact(hashes, ofChunks));
    sizes.set(AttentionSizes.FEWEST, Math.max(operation.standardLength() + 1, window.causal() ? 2 : 1));
    sizes.set(AttentionSizes.HASHES, hashes);
    long entries = (long) rows * heads * hashes;
    IntArray order = site.allocateInts(entries);
    IntArray places = site.allocateInts(entries);
    Work groups = AttentionTasks.groups(site, heads);
    return List.of(
        KernelTask.perElement(TaskPackage.createPackage(site.taskName("_sort"), LshAttentionTasks::sort, site.context(), site.run(),
            site.ints(3), order, places, heads, hashes), site.mostRows().times(heads).times(hashes)),
        KernelTask.perRow(TaskPackage.createPackage(site.taskName("_sorted"), LshAttentionTasks::attendToSorted, site.context(), site.run(),
            sizes, site.floats(0), site.floats(1), site.floats(2), starts, mask(site, operation), order, places,
            site.scratch(groups.prompt() * sizes.get(AttentionSizes.SCORES)), site.result()), groups));
  }

  /** Each row finds its place in each round: behind all rows of lower buckets, and the earlier ones of its own. */
  static void sort(KernelContext context, IntArray run, IntArray buckets, IntArray order, IntArray places, int heads, int hashes) {
    int length = run.get(RunParameters.LENGTH);
    int all = run.get(RunParameters.SEQUENCES) * length * heads * hashes;
    for (int index = context.globalIdx; index < all; index += context.globalGroupSizeX) {
      int t = index % length;
      int hash = index / length % hashes;
      int vector = index / length / hashes;
      int first = vector / heads * length;
      int column = vector % heads * hashes + hash;
      int bucket = buckets.get((first + t) * heads * hashes + column);
      int place = 0;
      for (int other = 0; other < length; other++) {
        int otherBucket = buckets.get((first + other) * heads * hashes + column);
        if (otherBucket < bucket) {
          place++;
        }
        if (otherBucket == bucket) {
          if (other < t) {
            place++;
          }
        }
      }
      order.set(index - t + place, t);
      places.set(index, hash * length + place);
    }
  }

  static void attendToSorted(KernelContext context, IntArray run, IntArray sizes, FloatArray queries, FloatArray keys, FloatArray values,
      IntArray starts, IntArray mask, IntArray order, IntArray places, FloatArray scores, FloatArray y) {
    float[] partial = context.allocateFloatLocalArray(KernelTask.GROUP);
    int heads = sizes.get(AttentionSizes.HEADS);
    int keyWidth = sizes.get(AttentionSizes.KEY_WIDTH);
    int valueWidth = sizes.get(AttentionSizes.VALUE_WIDTH);
    int before = sizes.get(AttentionSizes.BEFORE);
    int keySize = keyWidth / heads;
    int valueSize = valueWidth / heads;
    int length = run.get(RunParameters.LENGTH);
    int total = sizes.get(AttentionSizes.HASHES) * length;
    int all = run.get(RunParameters.SEQUENCES) * length * heads;
    if (length < sizes.get(AttentionSizes.FEWEST)) {
      all = 0;
    }
    int size = TornadoMath.max(1, TornadoMath.min(total, sizes.get(AttentionSizes.CHUNK)));
    int ofRound = (before + 1 + sizes.get(AttentionSizes.AFTER)) * size;
    int groups = context.globalGroupSizeX / context.localGroupSizeX;
    int mine = context.groupIdx * sizes.get(AttentionSizes.SCORES);
    float scale = 1 / TornadoMath.sqrt((float) keySize);
    for (int work = context.groupIdx; work < all; work += groups) {
      int row = work / heads;
      int head = work % heads;
      int position = row % length;
      int base = row - position;
      int rounds = (row / length * heads + head) * total;
      int count = sizes.get(AttentionSizes.HASHES) * ofRound;
      int wanted = valueSize;
      if (starts.get(row / length) > 0) {
        count = 0;
        wanted = 0;
      }
      float largest = GroupReduction.LOWEST;
      for (int j = context.localIdx; j < count; j += context.localGroupSizeX) {
        int entry = entry(places, rounds + j / ofRound * length + position, before, size, total, j % ofRound);
        float score = GroupReduction.LOWEST;
        if (entry < total) {
          int other = order.get(rounds + entry);
          score = -WindowTasks.penalty(sizes, mask, position, base, other);
          if (score > -AttentionSizes.HIDDEN) {
            score += scale * WindowTasks.dot(queries, row * keyWidth + head * keySize, keys, (base + other) * keyWidth + head * keySize,
                keySize);
          }
        }
        scores.set(mine + j, score);
        largest = TornadoMath.max(largest, score);
      }
      largest = GroupReduction.max(context, partial, largest);
      float sumOfWeights = AttentionTasks.exponentials(context, partial, scores, mine, count, largest);
      for (int i = context.localIdx; i < wanted; i += context.localGroupSizeX) {
        float sum = 0;
        for (int j = 0; j < count; j++) {
          int entry = entry(places, rounds + j / ofRound * length + position, before, size, total, j % ofRound);
          if (entry < total) {
            sum += scores.get(mine + j) * values.get((base + order.get(rounds + entry)) * valueWidth + head * valueSize + i);
          }
        }
        y.set(row * valueWidth + head * valueSize + i, sum / sumOfWeights);
      }
      context.globalBarrier();
    }
  }

  /** The entry of the sorted rounds that is key {@code j} of the window around a row's place; behind the last one if there is none. */
  private static int entry(IntArray places, int place, int before, int size, int total, int j) {
    int chunks = (total + size - 1) / size;
    int chunk = places.get(place) / size + before * chunks - before + j / size;
    return chunk % chunks * size + j % size;
  }
}
