package org.terraformer.tornado.task;

import org.terraformer.ports.operation.AttentionWindow;
import org.terraformer.tornado.kernel.KernelSite;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The numbers that describe an attention, in an array: there are more than a task can have arguments. */
final class AttentionSizes {
  static final int HEADS = 0;
  /** Elements of a row's queries, and of its keys, of all heads. */
  static final int KEY_WIDTH = 1;
  static final int VALUE_WIDTH = 2;
  static final int CONTEXT = 3;
  /** Rows of a chunk; where all rows are one chunk, more than there are. */
  static final int CHUNK = 4;
  static final int BEFORE = 5;
  static final int AFTER = 6;
  static final int CAUSAL = 7;
  /** What is taken off the score of a row's own key. */
  static final int SELF = 8;
  /** The first position at which a row can be hidden. */
  static final int FIRST_HIDDEN = 9;
  /** Of the runs from position 0 on, those with fewer rows than this are another task's. */
  static final int FEWEST = 10;
  /** As {@link #FEWEST}, those with more rows than this. */
  static final int MOST = 11;
  /** The elements that a group has for its scores. */
  static final int SCORES = 12;
  static final int HASHES = 13;
  /** The keys that a row sees while decoding, if hashing chooses them. */
  static final int CANDIDATES = 14;

  /** Taken off the score of a later or a hidden key. */
  static final float HIDDEN = (float) AttentionWindow.HIDDEN;

  private AttentionSizes() {}

  /**
   * An attention of runs of any length, that does no hashing.
   *
   * @param site of an operation whose operands are queries, keys and values, and others
   * @param firstHidden the first position at which a row can be hidden, if rows can be
   */
  static IntArray of(KernelSite site, int heads, AttentionWindow window, int firstHidden, int scores) {
    IntArray sizes = site.allocateInts(CANDIDATES + 1);
    sizes.set(HEADS, heads);
    sizes.set(KEY_WIDTH, site.operand(1).width());
    sizes.set(VALUE_WIDTH, site.operand(2).width());
    sizes.set(CONTEXT, site.limits().contextLength());
    sizes.set(CHUNK, window.chunkLength() == 0 ? Integer.MAX_VALUE : window.chunkLength());
    sizes.set(BEFORE, window.before());
    sizes.set(AFTER, window.after());
    sizes.set(CAUSAL, window.causal() ? 1 : 0);
    sizes.set(SELF, window.selfDisfavoured() ? (int) AttentionWindow.SELF : 0);
    sizes.set(FIRST_HIDDEN, window.masked() ? firstHidden : Integer.MAX_VALUE);
    sizes.set(FEWEST, 0);
    sizes.set(MOST, Integer.MAX_VALUE);
    sizes.set(SCORES, scores);
    return sizes;
  }
}
