package org.terraformer.cpu.vector;

import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.operation.AttentionWindow;

/** Attention of one query to cached positions that follow each other, its own being the last. */
final class RangeAttention {
  private static final float SELF = (float) AttentionWindow.SELF;

  private final AttentionCache cache;
  private final int context;
  private final boolean selfDisfavoured;
  private final float scale;

  RangeAttention(AttentionCache cache, int context, boolean selfDisfavoured) {
    this.cache = cache;
    this.context = context;
    this.selfDisfavoured = selfDisfavoured;
    this.scale = (float) (1 / Math.sqrt(cache.keySize()));
  }

  /** Bytes for the scores of all positions. */
  long scratchBytes() {
    return AttentionVectors.scoreBytes(context, cache.keySize());
  }

  /** The positions from..position. */
  void attend(Frame frame, int sequence, int head, long query, int from, int position, long out, long scores) {
    int count = position + 1 - from;
    long row = cache.firstRow(frame, sequence, head) + from;
    AttentionVectors.scores(cache.halves(), query, scale, cache.keyAddress(row), cache.keySize(), count, scores);
    if (selfDisfavoured) {
      long own = scores + 4L * (count - 1);
      Memory.setFloat(own, Memory.getFloat(own) - SELF);
    }
    float total = Exponential.ofDifferences(scores, scores, count, Floats.largest(scores, count));
    AttentionVectors.weightedSum(cache.halves(), scores, cache.valueAddress(row), cache.valueSize(), count, out);
    Floats.multiply(1 / total, out, out, cache.valueSize());
  }
}
