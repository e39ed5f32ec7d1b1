package org.terraformer.domain.training;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.terraformer.domain.random.SplitMix64;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * Shuffles examples into batches of about the same length, again and again: in each round in another order and with other
 * neighbours. Lengths are about the same where they differ by less than a quarter. A round leaves out as many examples, each time
 * others, as fill no batch. Which examples are in a batch depends on the seed alone, so that a training can go on anywhere.
 */
final class LengthBuckets {
  private static final int BITS = 2;

  private final int[] lengths;
  private final int batch;
  private final long seed;
  private long round = -1;
  private List<List<Integer>> batches = List.of();

  /**
   * @param lengths of the examples
   * @param batch examples of a batch
   * @throws InvalidInputException if there are too few for a batch
   */
  LengthBuckets(int[] lengths, int batch, long seed) {
    if (lengths.length < batch) {
      throw InvalidInputException.of("There are %,d examples to train on, too few for a batch of %d.", lengths.length, batch);
    }
    this.lengths = lengths;
    this.batch = batch;
    this.seed = seed;
  }

  /** The batches of a round. */
  int count() {
    return lengths.length / batch;
  }

  /** The numbers of the examples of a batch, counted over all rounds from 0. */
  List<Integer> batch(long place) {
    if (place / count() != round) {
      round = place / count();
      batches = shuffled(new SplitMix64(seed, Math.toIntExact(round)));
    }
    return batches.get((int) (place % count()));
  }

  private List<List<Integer>> shuffled(SplitMix64 random) {
    List<Integer> examples = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      examples.add(i);
    }
    shuffle(examples, random);
    List<Integer> kept = examples.subList(0, count() * batch);
    kept.sort(Comparator.comparingInt(i -> bucket(lengths[i])));
    List<List<Integer>> result = new ArrayList<>();
    for (int i = 0; i < kept.size(); i += batch) {
      result.add(List.copyOf(kept.subList(i, i + batch)));
    }
    shuffle(result, random);
    return result;
  }

  private static <T> void shuffle(List<T> list, SplitMix64 random) {
    for (int i = list.size() - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      T other = list.get(j);
      list.set(j, list.get(i));
      list.set(i, other);
    }
  }

  /** The position of the leading one and the bits behind it: four buckets from each power of two to the next. */
  private static int bucket(int length) {
    int shift = Math.max(0, Integer.SIZE - 1 - BITS - Integer.numberOfLeadingZeros(length));
    return (shift << BITS) + (length >> shift);
  }
}
