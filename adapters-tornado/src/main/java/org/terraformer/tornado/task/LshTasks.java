package org.terraformer.tornado.task;

import java.util.ArrayList;
import java.util.List;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.operation.AttentionWindow;
import org.terraformer.ports.operation.LshAttention;
import org.terraformer.ports.operation.LshBuckets;
import org.terraformer.tornado.kernel.DeviceCache;
import org.terraformer.tornado.kernel.KernelSite;
import org.terraformer.tornado.kernel.KernelTask;
import org.terraformer.tornado.kernel.RunParameters;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/**
 * Attention among rows that share buckets. Instead of an index, the chains hold the buckets of all positions, and the threads of a group
 * look at every one of them: that is less to read than the keys.
 */
final class LshTasks {
  private static final int HASHES = SeenKeys.COUNT;
  private static final int STANDARD_LENGTH = SeenKeys.COUNT + 1;
  private static final int CANDIDATES = SeenKeys.COUNT + 2;
  /** Sorted rows of all rounds; behind them their places, behind these the groups' lists. */
  private static final int ENTRIES = SeenKeys.COUNT + 3;

  private LshTasks() {}

  static List<KernelTask> buckets(KernelSite site) {
    LshBuckets operation = (LshBuckets) site.step().operation();
    int width = site.operand(0).width();
    FloatArray rotations;
    int ofSequence = 0;
    if (operation.drawn()) {
      rotations = site.floats(1);
      ofSequence = site.operand(1).extent() == Extent.SEQUENCE ? 1 : 0;
    } else {
      rotations = site.allocateFloats((long) width * operation.hashes() * operation.columns());
      for (int i = 0; i < rotations.getSize(); i++) {
        rotations.set(i, operation.rotation(i));
      }
    }
    IntArray factors = site.allocateInts(operation.factors().size());
    for (int i = 0; i < factors.getSize(); i++) {
      factors.set(i, operation.factors().get(i));
    }
    IntArray mask = operation.masked() ? site.ints(site.step().operands().size() - 1) : site.allocateInts(1);
    int hidden = operation.masked() ? operation.buckets() : -1;
    TaskPackage task = TaskPackage.createPackage(site.taskName(""), LshTasks::hash, site.context(), site.run(), site.floats(0), rotations,
        mask, factors, site.intResult(), factors.getSize(), operation.heads(), operation.hashes(), width / operation.heads(), operation.columns(), ofSequence,
        hidden);
    return List.of(KernelTask.perElement(task, site.decodedItems() * operation.heads() * operation.hashes()));
  }

  static void hash(KernelContext context, IntArray run, FloatArray x, FloatArray rotations, IntArray mask, IntArray factors, IntArray y,
      int digits, int heads, int hashes, int size, int columns, int ofSequence, int hidden) {
    int length = run.get(RunParameters.LENGTH);
    int all = run.get(RunParameters.SEQUENCES) * length * heads * hashes;
    for (int cell = context.globalIdx; cell < all; cell += context.globalGroupSizeX) {
      int hash = cell % hashes;
      int vector = cell / hashes;
      int row = vector / heads;
      int rotation = (ofSequence * (row / length) * heads + vector % heads) * size * hashes * columns + hash * columns;
      int bucket = 0;
      int digit = 1;
      for (int factor = 0; factor < digits; factor++) {
        int choices = factors.get(factor) / 2;
        int best = 0;
        float most = AttentionTasks.LOWEST;
        int worst = 0;
        float least = -AttentionTasks.LOWEST;
        for (int choice = 0; choice < choices; choice++) {
          float product = 0;
          for (int i = 0; i < size; i++) {
            product += x.get(vector * size + i) * rotations.get(rotation + i * hashes * columns + choice);
          }
          if (product > most) {
            most = product;
            best = choice;
          }
          if (product < least) {
            least = product;
            worst = choice;
          }
        }
        if (-least > most) {
          best = choices + worst;
        }
        bucket += best * digit;
        digit *= 2 * choices;
        rotation += choices;
      }
      if (hidden >= 0) {
        if (mask.get(row) == 0) {
          bucket = hidden;
        }
      }
      y.set(cell, bucket);
    }
  }

  static List<KernelTask> attention(KernelSite site) {
    LshAttention operation = (LshAttention) site.step().operation();
    AttentionWindow window = operation.window();
    boolean mixed = operation.standardLength() > 0;
    int heads = operation.heads();
    int hashes = operation.hashes();
    long rows = site.limits().rows();
    long entries = rows * heads * hashes;
    long all = window.causal() ? site.limits().contextLength() : rows;
    long most = Math.max((long) hashes * window.chunks() * Math.min(window.chunkLength(), hashes * rows),
        mixed ? all : Math.min(all, operation.candidates()));
    long groups = AttentionTasks.groups((window.causal() ? site.limits().sequences() : rows) * heads);
    IntArray sizes = SeenKeys.sizes(site, heads, window, most, ENTRIES + 1 - SeenKeys.COUNT);
    sizes.set(HASHES, hashes);
    sizes.set(STANDARD_LENGTH, operation.standardLength());
    sizes.set(CANDIDATES, operation.candidates());
    sizes.set(ENTRIES, Math.toIntExact(entries));
    IntArray lists = site.allocateInts(2 * entries + groups * most);
    List<KernelTask> tasks = new ArrayList<>();
    DeviceCache keys = site.noCache();
    DeviceCache values = site.noCache();
    IntArray chains = site.allocateInts(1);
    if (window.causal()) {
      keys = site.cache(5);
      values = site.cache(6);
      tasks.add(AttentionTasks.remember(site, mixed ? 0 : 1, 4, keys, values));
    }
    if (window.causal() && !mixed) {
      chains = site.ints(8);
      tasks.add(KernelTask.perElement(TaskPackage.createPackage(site.taskName("_buckets"), LshTasks::remember, site.context(), site.run(),
          site.ints(3), site.ints(4), chains, site.limits().contextLength(), heads * hashes), groups * hashes));
    }
    IntArray marks = window.causal() || window.masked() ? site.ints(4) : site.allocateInts(1);
    tasks.add(KernelTask.perElement(TaskPackage.createPackage(site.taskName("_sort"), LshTasks::sort, site.context(), site.run(),
        site.ints(3), lists, heads, hashes, (int) entries), groups * hashes));
    TaskPackage attend = TaskPackage.createPackage(site.taskName(""), LshTasks::attend, site.context(), site.run(), sizes, site.floats(0),
        site.floats(1), site.floats(2), marks, keys.floats(), keys.halves(), values.floats(), values.halves(), chains, lists,
        site.allocateFloats(groups * most), site.result());
    tasks.add(KernelTask.perRow(attend, groups));
    return tasks;
  }

  static void remember(KernelContext context, IntArray run, IntArray buckets, IntArray starts, IntArray chains, int contextLength, int width) {
    int length = run.get(RunParameters.LENGTH);
    int all = run.get(RunParameters.SEQUENCES) * length * width;
    for (int index = context.globalIdx; index < all; index += context.globalGroupSizeX) {
      int row = index / width;
      int sequence = row / length;
      int place = (run.get(RunParameters.FIRST_SLOT) + sequence) * contextLength + starts.get(sequence) + row % length;
      chains.set(place * width + index % width, buckets.get(index));
    }
  }

  /** Each row finds its place in each round: behind all rows of lower buckets, and the earlier ones of its own. */
  static void sort(KernelContext context, IntArray run, IntArray buckets, IntArray lists, int heads, int hashes, int entries) {
    int length = run.get(RunParameters.LENGTH);
    int all = run.get(RunParameters.SEQUENCES) * length * heads * hashes;
    for (int index = context.globalIdx; index < all; index += context.globalGroupSizeX) {
      int t = index % length;
      int hash = index / length % hashes;
      int vectors = index / length / hashes;
      int head = vectors % heads;
      int first = vectors / heads * length;
      int bucket = buckets.get(((first + t) * heads + head) * hashes + hash);
      int before = 0;
      for (int other = 0; other < length; other++) {
        int otherBucket = buckets.get(((first + other) * heads + head) * hashes + hash);
        if (otherBucket < bucket) {
          before++;
        } else if (otherBucket == bucket) {
          if (other < t) {
            before++;
          }
        }
      }
      int round = index - t;
      lists.set(round + before, t);
      lists.set(entries + index, hash * length + before);
    }
  }

  static void attend(KernelContext context, IntArray run, IntArray sizes, FloatArray queries, FloatArray keys, FloatArray values,
      IntArray marks, FloatArray keyFloats, ShortArray keyHalves, FloatArray valueFloats, ShortArray valueHalves, IntArray chains,
      IntArray lists, FloatArray scores, FloatArray y) {
    float[] partial = context.allocateFloatLocalArray(KernelTask.GROUP);
    int[] alike = context.allocateIntLocalArray(KernelTask.GROUP);
    int heads = sizes.get(SeenKeys.HEADS);
    int hashes = sizes.get(HASHES);
    int length = run.get(RunParameters.LENGTH);
    int all = run.get(RunParameters.SEQUENCES) * length * heads;
    int groups = context.globalGroupSizeX / context.localGroupSizeX;
    int mine = context.groupIdx * sizes.get(SeenKeys.MOST);
    int list = 2 * sizes.get(ENTRIES) + mine;
    for (int work = context.groupIdx; work < all; work += groups) {
      int row = work / heads;
      int head = work % heads;
      int sequence = row / length;
      int start = 0;
      int cached = 0;
      if (sizes.get(SeenKeys.CAUSAL) != 0) {
        start = marks.get(sequence);
        if (length == 1 || start > 0) {
          cached = 1;
        }
      }
      int standard = 0;
      if (sizes.get(STANDARD_LENGTH) > 0) {
        if (start > 0 || length <= sizes.get(STANDARD_LENGTH)) {
          standard = 1;
        }
      }
      int position = start + row % length;
      int base = sequence * length;
      int source = standard;
      if (cached != 0) {
        base = (run.get(RunParameters.FIRST_SLOT) + sequence) * sizes.get(SeenKeys.CONTEXT);
        source = SeenKeys.OF_CACHE;
      }
      // The positions that this thread looks at to find a decoded row's candidates.
      int end = 0;
      if (cached > standard) {
        end = position + 1;
      }
      int share = (end + context.localGroupSizeX - 1) / context.localGroupSizeX;
      int from = context.localIdx * share < end ? context.localIdx * share : end;
      int to = from + share < end ? from + share : end;
      int found = 0;
      for (int other = from; other < to; other++) {
        found += shareBucket(chains, base, position, other, heads, head, hashes);
      }
      alike[context.localIdx] = found;
      context.localBarrier();
      int total = 0;
      int later = 0;
      for (int thread = 0; thread < context.localGroupSizeX; thread++) {
        total += alike[thread];
        if (thread > context.localIdx) {
          later += alike[thread];
        }
      }
      int count = 0;
      if (standard != 0) {
        count = length;
        if (sizes.get(SeenKeys.CAUSAL) != 0) {
          count = position + 1;
        }
        for (int j = context.localIdx; j < count; j += context.localGroupSizeX) {
          lists.set(list + j, j);
        }
      } else if (cached != 0) {
        int alikeSeen = total < sizes.get(CANDIDATES) ? total : sizes.get(CANDIDATES);
        count = end < sizes.get(CANDIDATES) ? end : sizes.get(CANDIDATES);
        int rank = later;
        int otherRank = alikeSeen + end - to - later;
        for (int other = to - 1; other >= from; other--) {
          if (shareBucket(chains, base, position, other, heads, head, hashes) != 0) {
            if (rank < alikeSeen) {
              lists.set(list + rank, other);
            }
            rank++;
          } else {
            if (otherRank < count) {
              lists.set(list + otherRank, other);
            }
            otherRank++;
          }
        }
      } else {
        int rounds = (sequence * heads + head) * hashes * length;
        for (int hash = 0; hash < hashes; hash++) {
          int place = lists.get(sizes.get(ENTRIES) + rounds + hash * length + position);
          count = SeenKeys.around(context, sizes, lists, list, count, place / sizes.get(SeenKeys.CHUNK), hashes * length, rounds);
        }
      }
      context.globalBarrier();
      SeenKeys.attend(context, partial, sizes, queries, keys, values, marks, keyFloats, keyHalves, valueFloats, valueHalves, lists, list,
          scores, mine, count, y, row, head, position, source, base, standard == 0 ? sizes.get(SeenKeys.SELF) : 0);
    }
  }

  /** 1 if two positions share a bucket in at least one round, else 0. */
  private static int shareBucket(IntArray chains, int base, int position, int other, int heads, int head, int hashes) {
    int shared = 0;
    for (int hash = 0; hash < hashes; hash++) {
      if (chains.get(((base + position) * heads + head) * hashes + hash) == chains.get(((base + other) * heads + head) * hashes + hash)) {
        shared = 1;
      }
    }
    return shared;
  }
}
