package org.terraformer.domain.decoding;

import org.terraformer.ports.failure.InvalidInputException;

/** Chooses tokens as {@link Sampling} says. Allocates nothing after it is made. */
final class Sampler {
  private final Sampling sampling;
  private final double[] scores;
  private final int[] heap;

  Sampler(Sampling sampling, int vocabularySize) {
    this.sampling = sampling;
    this.scores = new double[vocabularySize];
    this.heap = new int[vocabularySize];
  }

  /**
   * @param start where the vocabulary's logits start in the array
   * @param seen which ids the repetition penalty is for
   * @throws InvalidInputException if no logit is a number, or one is NaN or infinitely large
   */
  int choose(float[] logits, int start, boolean[] seen, SplitMix64 random) {
    int best = -1;
    for (int id = 0; id < scores.length; id++) {
      double score = logits[start + id];
      if (Double.isNaN(score) || score == Double.POSITIVE_INFINITY) {
        throw InvalidInputException.of("The model gave the token %d the logit %s, so its weights or inputs are broken.", id, score);
      }
      if (sampling.repetitionPenalty() != 1 && seen[id]) {
        score = score > 0 ? score / sampling.repetitionPenalty() : score * sampling.repetitionPenalty();
      }
      scores[id] = score;
      if (best < 0 || score > scores[best]) {
        best = id;
      }
    }
    if (sampling.temperature() == 0 || sampling.topK() == 1) {
      return best;
    }
    double total = 0;
    double largest = scores[best];
    for (int id = 0; id < scores.length; id++) {
      scores[id] = Math.exp((scores[id] - largest) / sampling.temperature());
      total += scores[id];
    }
    boolean all = (sampling.topK() == 0 || sampling.topK() >= scores.length) && sampling.topP() == 1 && sampling.minP() == 0;
    return all ? drawFromAll(total, random) : drawFromLikely(random);
  }

  private int drawFromAll(double total, SplitMix64 random) {
    double rest = random.nextDouble() * total;
    int last = 0;
    for (int id = 0; id < scores.length; id++) {
      if (scores[id] > 0) {
        last = id;
        rest -= scores[id];
        if (rest < 0) {
          return id;
        }
      }
    }
    return last;
  }

  /** Takes ids from a heap, most likely first, until the filters are met; then draws among those taken. */
  private int drawFromLikely(SplitMix64 random) {
    int size = scores.length;
    for (int i = 0; i < size; i++) {
      heap[i] = i;
    }
    for (int i = size / 2 - 1; i >= 0; i--) {
      siftDown(i, size);
    }
    int most = sampling.topK() == 0 ? size : Math.min(size, sampling.topK());
    double massOfMost = sampling.topP() == 1 ? 0 : massOfLargest(most);
    double largest = scores[heap[0]];
    double mass = 0;
    int taken = 0;
    while (taken < most) {
      int id = heap[0];
      if (taken > 0 && (scores[id] < sampling.minP() * largest || sampling.topP() < 1 && mass >= sampling.topP() * massOfMost)) {
        break;
      }
      mass += scores[id];
      taken++;
      int end = size - taken;
      heap[0] = heap[end];
      heap[end] = id;
      siftDown(0, end);
    }
    double rest = random.nextDouble() * mass;
    for (int i = size - 1; i > size - taken; i--) {
      rest -= scores[heap[i]];
      if (rest < 0) {
        return heap[i];
      }
    }
    return heap[size - taken];
  }

  /** The mass of the most likely ids: taken from the heap and put back. */
  private double massOfLargest(int count) {
    int size = scores.length;
    double mass = 0;
    if (count == size) {
      for (double score : scores) {
        mass += score;
      }
      return mass;
    }
    for (int taken = 1; taken <= count; taken++) {
      int id = heap[0];
      mass += scores[id];
      heap[0] = heap[size - taken];
      heap[size - taken] = id;
      siftDown(0, size - taken);
    }
    for (int i = size / 2 - 1; i >= 0; i--) {
      siftDown(i, size);
    }
    return mass;
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
