package org.terraformer.cpu.scalar;

import org.terraformer.ports.operation.AttentionWindow;
import org.terraformer.ports.random.AttentionDropout;

/**
 * Attention of one head over keys that a query sees, given by their positions; what is given more than once counts as often. A
 * key that costs the full penalty has no other score: in single precision, which the reference computes in, the penalty swallows
 * it.
 */
record SeenKeys(AttentionWindow window, HeadVectors queries, HeadVectors keys, HeadVectors values, RowMask mask, Factors factors) {

  /** Whether the row at a position is hidden. */
  @FunctionalInterface
  interface RowMask {
    RowMask NONE = position -> false;

    boolean hides(int position);
  }

  /** What the weight that a query's row gives a key is multiplied by. */
  @FunctionalInterface
  interface Factors {
    Factors ONE = (queryRow, position) -> 1;

    double of(int queryRow, int position);

    /**
     * Those of a head in a sequence whose rows begin with this one of the run.
     *
     * @param operands of which the last is the seed, if weights are left out
     */
    static Factors of(AttentionDropout dropout, ScalarTensor[] operands, long firstRow, int heads, int head) {
      if (!dropout.draws()) {
        return ONE;
      }
      int seed = operands[operands.length - 1].getInt(0);
      return (queryRow, position) -> dropout.factor(seed, (firstRow + queryRow) * heads + head, position);
    }
  }

  /** The weights of the keys seen, which add up to 1. */
  double[] weights(int queryRow, int queryPosition, int[] seen) {
    double[] weights = new double[seen.length];
    double largest = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < seen.length; j++) {
      double penalty = window.penalty(queryPosition, seen[j], mask.hides(seen[j]));
      double score = penalty >= AttentionWindow.HIDDEN ? 0 : queries.dot(queryRow, keys, seen[j]) / Math.sqrt(queries.size());
      weights[j] = score - penalty;
      largest = Math.max(largest, weights[j]);
    }
    double total = 0;
    for (int j = 0; j < seen.length; j++) {
      weights[j] = Math.exp(weights[j] - largest);
      total += weights[j];
    }
    for (int j = 0; j < seen.length; j++) {
      weights[j] /= total;
    }
    return weights;
  }

  void attend(int queryRow, int queryPosition, int[] seen, HeadVectors result) {
    double[] weights = weights(queryRow, queryPosition, seen);
    for (int i = 0; i < values.size(); i++) {
      double sum = 0;
      for (int j = 0; j < seen.length; j++) {
        sum += weights[j] * factors.of(queryRow, seen[j]) * values.get(seen[j], i);
      }
      result.set(queryRow, i, sum);
    }
  }

  /** Adds to the gradients of all rows what one query of a whole sequence contributes. */
  void differentiate(int row, int[] seen, HeadVectors upstream, double[][] dq, double[][] dk, double[][] dv) {
    double[] weights = weights(row, row, seen);
    double[] products = new double[seen.length];
    double mean = 0;
    for (int j = 0; j < seen.length; j++) {
      products[j] = factors.of(row, seen[j]) * upstream.dot(row, values, seen[j]);
      mean += weights[j] * products[j];
    }
    for (int j = 0; j < seen.length; j++) {
      double ds = weights[j] * (products[j] - mean) / Math.sqrt(queries.size());
      for (int i = 0; i < queries.size(); i++) {
        dq[row][i] += ds * keys.get(seen[j], i);
        dk[seen[j]][i] += ds * queries.get(row, i);
      }
      for (int i = 0; i < values.size(); i++) {
        dv[seen[j]][i] += weights[j] * factors.of(row, seen[j]) * upstream.get(row, i);
      }
    }
  }
}
