package org.terraformer.domain.decoding;

import java.util.Arrays;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * Chooses tokens as {@link Sampling} says. Allocates nothing after it is made, and brings only those ids in order of likelihood that the
 * filters need.
 */
final class Sampler {
  private final Sampling sampling;
  /** Logits after the penalty, then logarithms of weights: 0 for the most likely id. */
  private final double[] scores;
  /** What ids are drawn by; 0 for those that a filter removed. */
  private final double[] weights;
  /** The ids as a heap, and behind its end those that were taken from it, the last one first. */
  private final int[] heap;
  private int taken;

  Sampler(Sampling sampling, int vocabularySize) {
    this.sampling = sampling;
    this.scores = new double[vocabularySize];
    this.weights = new double[vocabularySize];
    this.heap = new int[vocabularySize];
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
    boolean everyId = sampling.topP() == 1 && candidates() == scores.length;
    return draw(everyId ? weighAll() : weighLikely(), random);
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

  /** How many ids top-k leaves. */
  private int candidates() {
    return sampling.topK() == 0 ? scores.length : Math.min(scores.length, sampling.topK());
  }

  /** Weighs the ids for which min-p is the only filter; gives the sum. */
  private double weighAll() {
    double mass = 0;
    for (int id = 0; id < scores.length; id++) {
      double weight = Math.exp(scores[id]);
      weights[id] = weight >= sampling.minP() ? weight : 0;
      mass += weights[id];
    }
    return mass;
  }

  /** Weighs the most likely ids until a filter is met; gives the sum. */
  private double weighLikely() {
    heapify();
    Arrays.fill(weights, 0);
    double enough = sampling.topP() == 1 ? Double.POSITIVE_INFINITY : sampling.topP() * massOfCandidates();
    double mass = 0;
    for (int rank = 0; rank < candidates() && mass < enough; rank++) {
      int id = ranked(rank);
      double weight = Math.exp(scores[id]);
      if (weight < sampling.minP()) {
        break;
      }
      weights[id] = weight;
      mass += weight;
    }
    return mass;
  }

  private double massOfCandidates() {
    double mass = 0;
    if (candidates() == scores.length) {
      for (double score : scores) {
        mass += Math.exp(score);
      }
    } else {
      for (int rank = 0; rank < candidates(); rank++) {
        mass += Math.exp(scores[ranked(rank)]);
      }
    }
    return mass;
  }

  /**
   * Draws in the order of ids, not of likelihood: rounding may swap two ids of nearly the same likelihood, and the same seed shall then
   * still draw the same text.
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

  private void heapify() {
    taken = 0;
    for (int i = 0; i < heap.length; i++) {
      heap[i] = i;
    }
    for (int i = heap.length / 2 - 1; i >= 0; i--) {
      siftDown(i, heap.length);
    }
  }

  /** The id of this rank, 0 being the most likely; takes as many from the heap as that needs. */
  private int ranked(int rank) {
    while (taken <= rank) {
      taken++;
      int end = heap.length - taken;
      int id = heap[0];
      heap[0] = heap[end];
      heap[end] = id;
      siftDown(0, end);
    }
    return heap[heap.length - 1 - rank];
  }

  private void siftDown(int from, int size) {
    int parent = from;
    int id = heap[from];
    while (2 * parent + 1 < size) {
      int child = 2 * parent + 1;
      if (child + 1 < size && before(heap[child + 1], heap[child])) {
        child++;
      }
      if (!before(heap[child], id)) {
        break;
      }
      heap[parent] = heap[child];
      parent = child;
    }
    heap[parent] = id;
  }

  private boolean before(int first, int second) {
    return scores[first] > scores[second] || scores[first] == scores[second] && first < second;
  }
}
