package org.terraformer.app.bench;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What part of full attention the candidates of decoding hold, by the rules as they are written down: every key is looked at.
 *
 * @param rows shared queries and keys, row by row, head by head
 * @param buckets the buckets of all rows, [row][head][hash]
 */
record AttentionRecall(List<float[]> rows, List<int[]> buckets, int heads, int hashes, int candidates) {
  private static final int TOP = 64;
  private static final int SIZE = AttentionBenchOptions.HEAD_SIZE;

  /**
   * Parts from 0 to 1.
   *
   * @param mass of the weights of full attention
   * @param top of its largest weights
   */
  record Part(double mass, double top) {}

  /** For the last row and one head; a row does not attend to itself. */
  Part of(int head) {
    int last = rows.size() - 1;
    double[] weights = new double[last];
    double total = 0;
    for (int j = 0; j < last; j++) {
      weights[j] = Math.exp(score(last, j, head));
      total += weights[j];
    }
    boolean[] seen = new boolean[last];
    IntStream.range(0, last).boxed()
        .sorted(Comparator.<Integer, Boolean>comparing(j -> !alike(last, j, head)).thenComparing(Comparator.reverseOrder()))
        .limit(candidates - 1).forEach(j -> seen[j] = true);
    double mass = 0;
    for (int j = 0; j < last; j++) {
      mass += seen[j] ? weights[j] / total : 0;
    }
    int[] largest = IntStream.range(0, last).boxed().sorted(Comparator.comparingDouble(j -> -weights[j])).limit(TOP)
        .mapToInt(Integer::intValue).toArray();
    return new Part(mass, IntStream.of(largest).filter(j -> seen[j]).count() / (double) largest.length);
  }

  private double score(int query, int key, int head) {
    float[] q = rows.get(query);
    float[] k = rows.get(key);
    double dot = 0;
    double square = 0;
    for (int i = head * SIZE; i < (head + 1) * SIZE; i++) {
      dot += q[i] * k[i];
      square += k[i] * k[i];
    }
    return dot / Math.sqrt(square / SIZE) / Math.sqrt(SIZE);
  }

  private boolean alike(int first, int second, int head) {
    return IntStream.range(head * hashes, (head + 1) * hashes).anyMatch(i -> buckets.get(first)[i] == buckets.get(second)[i]);
  }
}
