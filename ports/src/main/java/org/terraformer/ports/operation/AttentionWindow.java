package org.terraformer.ports.operation;

import org.terraformer.ports.kernel.Operands;

/**
 * Which keys a query of Reformer attention (Kitaev et al., 2020) may see, and what is taken off their scores. Rows are parted in
 * chunks; a query sees the keys of its own chunk, of some chunks before and of some behind it, cyclically: before the first chunk
 * comes the last one, and a chunk that is met twice counts twice. Penalties, as the reference's: 1e9 for keys that come later, if
 * causal; 1e5 for the key of the query's own row, if that is disfavoured; 1e9 for hidden keys. They are no masks: a query that
 * may see nothing else attends to itself, and a hidden row at position 0 or 1 escapes its penalty, because the reference marks it
 * by the sign of 1 - position.
 *
 * @param chunkLength rows of a chunk; 0 for one chunk of all rows
 * @param before chunks seen before the query's own
 * @param after chunks seen behind it
 * @param causal whether later keys are penalised
 * @param selfDisfavoured whether a row's own key is penalised, as where queries and keys are shared
 * @param masked whether rows can be hidden
 */
public record AttentionWindow(int chunkLength, int before, int after, boolean causal, boolean selfDisfavoured, boolean masked) {
  /** Taken off the score of a later or a hidden key. */
  public static final double HIDDEN = 1e9;
  /** Taken off the score of a row's own key. */
  public static final double SELF = 1e5;
  /** Hidden rows before this position keep their score. */
  public static final int FIRST_HIDDEN = 2;

  /** All rows together. */
  public static AttentionWindow whole(boolean causal, boolean selfDisfavoured, boolean masked) {
    return new AttentionWindow(0, 0, 0, causal, selfDisfavoured, masked);
  }

  /** What is taken off the score that a query has with a key. */
  public double penalty(int queryPosition, int keyPosition, boolean hidden) {
    return (causal && queryPosition < keyPosition ? HIDDEN : 0) + (selfDisfavoured && queryPosition == keyPosition ? SELF : 0)
        + (hidden && keyPosition >= FIRST_HIDDEN ? HIDDEN : 0);
  }

  /** The number of chunks that a query sees, its own included. */
  public int chunks() {
    return before + 1 + after;
  }

  /** The first position that a causal query sees. */
  public int firstSeen(int queryPosition) {
    return chunkLength == 0 ? 0 : Math.max(0, queryPosition / chunkLength - before) * chunkLength;
  }

  void check() {
    Operands.check(chunkLength >= 0 && before >= 0 && after >= 0 && (chunkLength > 0 || chunks() == 1),
        "needs chunks of at least one row to look at those beside them but got %s", this);
  }
}
