package org.terraformer.cpu.scalar;

/** Attention of one query after another. It keeps the memory for their scores, so that a kernel of it allocates nothing in later runs. */
final class DotProductAttention {
  private static final double HIDDEN = -1e9;

  private double[] scores = new double[0];

  /** What the weight of a key is multiplied by. */
  @FunctionalInterface
  interface Factors {
    double of(int key);
  }

  /** Attention of one query over {@code count} keys and values that lie a stride apart. */
  void attend(ScalarTensor query, long queryStart, int size, ScalarTensor keys, long keyStart, int keyStride,
      ScalarTensor values, long valueStart, int valueStride, ScalarTensor result, long resultStart, int valueSize,
      int count, ScalarTensor mask, long maskStart) {
    attend(query, queryStart, size, keys, keyStart, keyStride, values, valueStart, valueStride, result, resultStart, valueSize, count, mask,
        maskStart, key -> 1);
  }

  /** As the other, with weights multiplied by factors. */
  void attend(ScalarTensor query, long queryStart, int size, ScalarTensor keys, long keyStart, int keyStride,
      ScalarTensor values, long valueStart, int valueStride, ScalarTensor result, long resultStart, int valueSize,
      int count, ScalarTensor mask, long maskStart, Factors factors) {
    scores = scores.length < count ? new double[count] : scores;
    double largest = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < count; j++) {
      double dot = 0;
      for (int i = 0; i < size; i++) {
        dot += query.get(queryStart + i) * keys.get(keyStart + (long) j * keyStride + i);
      }
      scores[j] = mask != null && mask.getInt(maskStart + j) == 0 ? HIDDEN : dot / Math.sqrt(size);
      largest = Math.max(largest, scores[j]);
    }
    double total = 0;
    for (int j = 0; j < count; j++) {
      scores[j] = Math.exp(scores[j] - largest);
      total += scores[j];
    }
    for (int i = 0; i < valueSize; i++) {
      double sum = 0;
      for (int j = 0; j < count; j++) {
        sum += scores[j] / total * factors.of(j) * values.get(valueStart + (long) j * valueStride + i);
      }
      result.set(resultStart + i, sum);
    }
  }
}
