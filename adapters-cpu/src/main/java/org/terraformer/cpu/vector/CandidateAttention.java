package org.terraformer.cpu.vector;

import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.operation.AttentionWindow;

/** Attention of one query to some of the cached positions. Their keys and values are read where they lie. */
final class CandidateAttention {
  private static final float SELF = (float) AttentionWindow.SELF;

  private final AttentionCache cache;
  private final int most;
  private final boolean selfDisfavoured;
  private final float scale;

  /**
   * @param most positions that a query sees
   * @param selfDisfavoured whether its own costs the penalty
   */
  CandidateAttention(AttentionCache cache, int most, boolean selfDisfavoured) {
    this.cache = cache;
    this.most = most;
    this.selfDisfavoured = selfDisfavoured;
    this.scale = (float) (1 / Math.sqrt(cache.keySize()));
  }

  /** Bytes for the scores. */
  long scratchBytes() {
    return AttentionVectors.scoreBytes(most, cache.keySize());
  }

  /**
   * @param candidates the address of the positions
   * @param out where the weighted values go
   */
  void attend(Frame frame, int sequence, int head, long query, int position, long candidates, int count, long out, long scores) {
    long firstRow = cache.firstRow(frame, sequence, head);
    AttentionVectors.scores(cache.halves(), query, scale, cache.keyAddress(firstRow), candidates, cache.keySize(), count, scores);
    for (int i = 0; i < count && selfDisfavoured; i++) {
      if (Memory.getInt(candidates + 4L * i) == position) {
        Memory.setFloat(scores + 4L * i, Memory.getFloat(scores + 4L * i) - SELF);
      }
    }
    float total = Exponential.ofDifferences(scores, scores, count, Floats.largest(scores, count));
    AttentionVectors.weightedSum(cache.halves(), scores, cache.valueAddress(firstRow), candidates, cache.valueSize(), count, out);
    Floats.multiply(1 / total, out, out, cache.valueSize());
  }
}
