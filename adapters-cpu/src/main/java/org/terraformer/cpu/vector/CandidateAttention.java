package org.terraformer.cpu.vector;

import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.operation.AttentionWindow;

/** Attention of one query to some of the cached positions. Their keys and values, which lie apart, are brought together first. */
final class CandidateAttention {
  private static final float SELF = (float) AttentionWindow.SELF;

  private final AttentionCache cache;
  private final int most;
  private final boolean selfDisfavoured;
  private final float scale;
  private final long elementBytes;

  /**
   * @param most positions that a query sees
   * @param selfDisfavoured whether its own costs the penalty
   */
  CandidateAttention(AttentionCache cache, int most, boolean selfDisfavoured) {
    this.cache = cache;
    this.most = most;
    this.selfDisfavoured = selfDisfavoured;
    this.scale = (float) (1 / Math.sqrt(cache.keySize()));
    this.elementBytes = cache.halves() ? 2 : 4;
  }

  /** Bytes for keys, values and scores. */
  long scratchBytes() {
    return most * (elementBytes * (cache.keySize() + cache.valueSize()) + 4) + 4L * Species.LANES + 8;
  }

  /**
   * @param candidates the address of the positions
   * @param out where the weighted values go
   */
  void attend(Frame frame, int sequence, int head, long query, int position, long candidates, int count, long out, long scratch) {
    long keyBytes = elementBytes * cache.keySize();
    long valueBytes = elementBytes * cache.valueSize();
    long scores = scratch;
    long keys = scores + 4L * most + 4L * Species.LANES;
    long values = keys + most * keyBytes;
    long firstRow = cache.firstRow(frame, sequence, head);
    for (int i = 0; i < count; i++) {
      long row = firstRow + Memory.getInt(candidates + 4L * i);
      copy(cache.keyAddress(row), keys + i * keyBytes, keyBytes);
      copy(cache.valueAddress(row), values + i * valueBytes, valueBytes);
    }
    AttentionVectors.scores(cache.halves(), query, scale, keys, cache.keySize(), count, scores);
    for (int i = 0; i < count && selfDisfavoured; i++) {
      if (Memory.getInt(candidates + 4L * i) == position) {
        Memory.setFloat(scores + 4L * i, Memory.getFloat(scores + 4L * i) - SELF);
      }
    }
    float total = Exponential.ofDifferences(scores, count, Floats.largest(scores, count));
    AttentionVectors.weightedSum(cache.halves(), scores, values, cache.valueSize(), count, out);
    Floats.multiply(1 / total, out, out, cache.valueSize());
  }

  private static void copy(long from, long to, long bytes) {
    long whole = bytes / 4;
    Floats.copy(from, to, (int) whole);
    if (4 * whole < bytes) {
      Memory.copy(from + 4 * whole, to + 4 * whole, bytes - 4 * whole);
    }
  }
}
