package org.terraformer.domain.decoding;

import java.util.Arrays;
import org.terraformer.domain.random.SplitMix64;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * Chooses tokens as {@link Sampling} says. Allocates nothing after it is made and sorts nothing: the filters only part the ids in
 * those that stay and those that go.
 */
final class Sampler {
  private final Sampling sampling;
  /** Logits after the penalty, then logarithms of weights: 0 for the most likely id. */
  private final double[] scores;
  /** What ids are drawn by; 0 for those that a filter removed. */
  private final double[] weights;
  /** The ids, those that a filter keeps before the others. */
  private final int[] ids;

  Sampler(Sampling sampling, int vocabularySize) {
    this.sampling = sampling;
    this.scores = new double[vocabularySize];
    this.weights = new double[vocabularySize];
    this.ids = new int[vocabularySize];
  }

  /**
   * @param start where the vocabulary's logits start in the array
   * @param seen which ids the repetition penalty is for
   * @throws InvalidInputException if a logit is NaN or infinitely large, or no token is possible
   */
  int choose(float[] logits, int start, boolean[] seen, SplitMix64 random) {
    int best = penalise(logits, start, seen);
    if (sampling.temperature() == 0 || sampling.topK() == 1) {
      return best;
    }
    double largest = scores[best];
    for (int id = 0; id < scores.length; id++) {
      scores[id] = (scores[id] - largest) / sampling.temperature();
    }
    return draw(weigh(), random);
  }

  /** Applies the repetition penalty; gives the most likely id, the lowest of equal ones. */
  private int penalise(float[] logits, int start, boolean[] seen) {
    double penalty = sampling.repetitionPenalty();
    int best = 0;
    for (int id = 0; id < scores.length; id++) {
      double score = Logits.checked(logits[start + id], id);
      if (penalty != 1 && seen[id]) {
        score = score > 0 ? score / penalty : score * penalty;
      }
      scores[id] = score;
      if (score > scores[best]) {
        best = id;
      }
    }
    Logits.checkLargest(scores[best]);
    return best;
  }

  /** Gives the ids that the filters leave their weights, and all others 0; gives the sum. */
  private double weigh() {
    Arrays.fill(weights, 0);
    for (int id = 0; id < ids.length; id++) {
      ids[id] = id;
    }
    int kept = ids.length;
    if (sampling.topK() > 0 && sampling.topK() < kept) {
      kept = keepLikeliest(kept, sampling.topK(), Double.POSITIVE_INFINITY);
    }
    double mass = 0;
    for (int i = 0; i < kept; i++) {
      weights[ids[i]] = Math.exp(scores[ids[i]]);
      mass += weights[ids[i]];
    }
    int likely = sampling.topP() == 1 ? kept : keepLikeliest(kept, kept, sampling.topP() * mass);
    mass = 0;
    for (int i = 0; i < kept; i++) {
      if (i >= likely || weights[ids[i]] < sampling.minP()) {
        weights[ids[i]] = 0;
      }
      mass += weights[ids[i]];
    }
    return mass;
  }

  /**
   * Brings the likeliest of the first ids to the front, in any order: so many, or the fewest whose weights reach a sum. As in
   * quickselect, only the part in which the border lies is parted again.
   *
   * @return how many they are
   */
  private int keepLikeliest(int end, int count, double enough) {
    int from = 0;
    int to = end;
    double mass = 0;
    while (from < to) {
      int pivot = part(from, to);
      double massToPivot = mass;
      for (int i = from; i <= pivot; i++) {
        massToPivot += weights[ids[i]];
      }
      if (pivot + 1 >= count || massToPivot >= enough) {
        to = pivot;
      } else {
        from = pivot + 1;
        mass = massToPivot;
      }
    }
    return Math.min(end, to + 1);
  }

  /** Parts a range in ids before and after one of them, by likelihood; gives the place of that one. */
  private int part(int from, int to) {
    swap(middle(from, from + (to - from) / 2, to - 1), to - 1);
    int pivot = ids[to - 1];
    int place = from;
    for (int i = from; i < to - 1; i++) {
      if (before(ids[i], pivot)) {
        swap(i, place++);
      }
    }
    swap(place, to - 1);
    return place;
  }

  /** The one of three places whose id is between the other two. */
  private int middle(int a, int b, int c) {
    boolean ab = before(ids[a], ids[b]);
    boolean bc = before(ids[b], ids[c]);
    boolean ac = before(ids[a], ids[c]);
    return ab == bc ? b : ab == ac ? c : a;
  }

  private void swap(int a, int b) {
    int id = ids[a];
    ids[a] = ids[b];
    ids[b] = id;
  }

  private boolean before(int first, int second) {
    return scores[first] > scores[second] || scores[first] == scores[second] && first < second;
  }

  /**
   * Draws in the order of ids, not of likelihood: rounding may swap two ids of nearly the same likelihood, and the same seed
   * shall then still draw the same text.
   */
  private int draw(double mass, SplitMix64 random) {
    double rest = random.nextDouble() * mass;
    int last = -1;
    for (int id = 0; id < weights.length; id++) {
      if (weights[id] > 0) {
        last = id;
        rest -= weights[id];
        if (rest < 0) {
          return id;
        }
      }
    }
    return last;
  }
}
