package org.terraformer.tornado.task;

import org.terraformer.ports.operation.AttentionWindow;
import org.terraformer.ports.tensor.DType;
import org.terraformer.tornado.kernel.CacheElement;
import org.terraformer.tornado.kernel.KernelSite;
import org.terraformer.tornado.kernel.MatrixElement;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/**
 * Attention of one head of a row over the keys that it sees, whose positions the group has listed; one that is listed more than once counts
 * as often. What is taken off their scores is {@link AttentionWindow}'s.
 */
final class SeenKeys {
  static final int HEADS = 0;
  static final int KEY_WIDTH = 1;
  static final int VALUE_WIDTH = 2;
  static final int CONTEXT = 3;
  static final int CHUNK = 4;
  static final int BEFORE = 5;
  static final int AFTER = 6;
  static final int CAUSAL = 7;
  static final int SELF = 8;
  static final int MASKED = 9;
  static final int FORMAT = 10;
  /** The most keys that a row sees: elements of a group's list. */
  static final int MOST = 11;
  /** The number of these numbers; behind them there may be others. */
  static final int COUNT = 12;

  /** Keys and values of the run's rows. */
  static final int OF_RUN = 0;
  /** The same, but the queries are the keys. */
  static final int QUERIES = 1;
  /** Keys and values of earlier runs, and of this one. */
  static final int OF_CACHE = 2;

  private static final float HIDDEN = (float) AttentionWindow.HIDDEN;

  private SeenKeys() {}

  /** The numbers that describe an attention, in an array, for there are more than a task takes arguments. */
  static IntArray sizes(KernelSite site, int heads, AttentionWindow window, long most, int further) {
    IntArray sizes = site.allocateInts(COUNT + further);
    sizes.set(HEADS, heads);
    sizes.set(KEY_WIDTH, site.operand(1).width());
    sizes.set(VALUE_WIDTH, site.operand(2).width());
    sizes.set(CONTEXT, site.limits().contextLength());
    sizes.set(CHUNK, window.chunkLength());
    sizes.set(BEFORE, window.before());
    sizes.set(AFTER, window.after());
    sizes.set(CAUSAL, window.causal() ? 1 : 0);
    sizes.set(SELF, window.selfDisfavoured() ? 1 : 0);
    sizes.set(MASKED, window.masked() ? 1 : 0);
    sizes.set(FORMAT, site.limits().cache() == DType.BF16 ? MatrixElement.BF16 : MatrixElement.F32);
    sizes.set(MOST, Math.toIntExact(most));
    return sizes;
  }

  /**
   * Attends.
   *
   * @param marks of a causal attention the start positions, of a masked one the mask
   * @param list where the group's list begins
   * @param mine where its scores begin
   * @param count how many keys the row sees
   * @param row of the run
   * @param position of the row in its sequence
   * @param source whose keys these are
   * @param base the row of the keys that has position 0
   * @param self whether the row's own key is penalised
   */
  static void attend(KernelContext context, float[] partial, IntArray sizes, FloatArray queries, FloatArray keys, FloatArray values,
      IntArray marks, FloatArray keyFloats, ShortArray keyHalves, FloatArray valueFloats, ShortArray valueHalves, IntArray seen, int list,
      FloatArray scores, int mine, int count, FloatArray y, int row, int head, int position, int source, int base, int self) {
    int keySize = sizes.get(KEY_WIDTH) / sizes.get(HEADS);
    int valueSize = sizes.get(VALUE_WIDTH) / sizes.get(HEADS);
    int format = sizes.get(FORMAT);
    float scale = 1 / TornadoMath.sqrt((float) keySize);
    int query = row * sizes.get(KEY_WIDTH) + head * keySize;
    float largest = AttentionTasks.LOWEST;
    for (int j = context.localIdx; j < count; j += context.localGroupSizeX) {
      int other = seen.get(list + j);
      float score = -penalty(sizes, marks, position, other, base, self);
      if (score > -HIDDEN) {
        int key = (base + other) * sizes.get(KEY_WIDTH) + head * keySize;
        float dot = 0;
        for (int i = 0; i < keySize; i++) {
          float element;
          if (source == OF_CACHE) {
            element = CacheElement.at(keyFloats, keyHalves, format, key + i);
          } else if (source == QUERIES) {
            element = queries.get(key + i);
          } else {
            element = keys.get(key + i);
          }
          dot += queries.get(query + i) * element;
        }
        score += dot * scale;
      }
      scores.set(mine + j, score);
      largest = TornadoMath.max(largest, score);
    }
    largest = GroupReduction.max(context, partial, largest);
    float total = AttentionTasks.exponentials(context, partial, scores, mine, count, largest);
    for (int i = context.localIdx; i < valueSize; i += context.localGroupSizeX) {
      float sum = 0;
      for (int j = 0; j < count; j++) {
        int value = (base + seen.get(list + j)) * sizes.get(VALUE_WIDTH) + head * valueSize + i;
        float element;
        if (source == OF_CACHE) {
          element = CacheElement.at(valueFloats, valueHalves, format, value);
        } else {
          element = values.get(value);
        }
        sum += scores.get(mine + j) * element;
      }
      y.set(row * sizes.get(VALUE_WIDTH) + head * valueSize + i, sum / total);
    }
    context.globalBarrier();
  }

  private static float penalty(IntArray sizes, IntArray marks, int position, int other, int base, int self) {
    float penalty = 0;
    if (sizes.get(CAUSAL) != 0) {
      if (other > position) {
        penalty += HIDDEN;
      }
    }
    if (self != 0) {
      if (other == position) {
        penalty += (float) AttentionWindow.SELF;
      }
    }
    if (sizes.get(MASKED) != 0) {
      if (other >= AttentionWindow.FIRST_HIDDEN) {
        if (marks.get(base + other) == 0) {
          penalty += HIDDEN;
        }
      }
    }
    return penalty;
  }

  /** Lists the keys of a chunk among {@code chunks}, and of those around it, cyclically; gives how many the list then has. */
  static int around(KernelContext context, IntArray sizes, IntArray seen, int list, int count, int chunk, int total, int order) {
    int size = sizes.get(CHUNK);
    int chunks = (total + size - 1) / size;
    int first = chunk + sizes.get(BEFORE) * chunks - sizes.get(BEFORE);
    int length = count;
    for (int c = 0; c <= sizes.get(BEFORE) + sizes.get(AFTER); c++) {
      int from = (first + c) % chunks * size;
      int keys = total - from < size ? total - from : size;
      for (int i = context.localIdx; i < keys; i += context.localGroupSizeX) {
        int other = from + i;
        if (order >= 0) {
          other = seen.get(order + other);
        }
        seen.set(list + length + i, other);
      }
      length += keys;
    }
    return length;
  }
}
