package org.terraformer.domain.training;

import org.terraformer.domain.random.SplitMix64;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * T5's span corruption (Raffel et al., 2020): spans of a text are replaced by sentinels, and the target tells what stood there.
 * Of T tokens {@code n = round(T * density)} are noise, at least 1 and at most {@code T - 1}, in {@code s = round(n / mean length)}
 * spans, at least 1; the noise and what is kept are each parted into s spans at random, all partings being equally likely, and take
 * turns, kept tokens first. The sentinel of span k, from 1, is {@code vocabulary - k}.
 *
 * <p>{@code a b c d e f} with the noise {@code c d} and {@code f} becomes the source {@code a b S1 e S2} and the target
 * {@code S1 c d S2 f}.
 *
 * @param density of noise, between 0 and 1
 * @param meanSpanLength tokens of a span of noise in the mean
 */
record SpanCorruption(double density, double meanSpanLength) {
  /**
   * @throws InvalidInputException if a number is out of its range
   */
  SpanCorruption {
    if (!(density > 0 && density < 1)) {
      throw InvalidInputException.of("The noise density is %s but must be between 0 and 1.", density);
    }
    if (!(meanSpanLength >= 1 && meanSpanLength <= Integer.MAX_VALUE)) {
      throw InvalidInputException.of("The mean span length is %s but must be 1 or more.", meanSpanLength);
    }
  }

  /** The noise among so many tokens, of which there are at least 2. */
  int noise(int length) {
    return Math.clamp((int) Math.rint(length * density), 1, length - 1);
  }

  /** The spans of noise among so many tokens; as many as there are tokens to keep, at most. */
  int spans(int length) {
    int noise = noise(length);
    return Math.clamp((int) Math.rint(noise / meanSpanLength), 1, length - noise);
  }

  /**
   * Parts a text into source and target, each followed by the end id.
   *
   * @param tokens at least 2
   */
  TokenPair corrupt(int[] tokens, int vocabularySize, int endId, SplitMix64 random) {
    int noise = noise(tokens.length);
    int spans = spans(tokens.length);
    int[] noiseLengths = segments(noise, spans, random);
    int[] keptLengths = segments(tokens.length - noise, spans, random);
    int[] source = new int[tokens.length - noise + spans + 1];
    int[] target = new int[noise + spans + 1];
    int from = 0;
    int sourceAt = 0;
    int targetAt = 0;
    for (int i = 0; i < spans; i++) {
      int sentinel = vocabularySize - 1 - i;
      System.arraycopy(tokens, from, source, sourceAt, keptLengths[i]);
      sourceAt += keptLengths[i];
      source[sourceAt++] = sentinel;
      from += keptLengths[i];
      target[targetAt++] = sentinel;
      System.arraycopy(tokens, from, target, targetAt, noiseLengths[i]);
      targetAt += noiseLengths[i];
      from += noiseLengths[i];
    }
    source[sourceAt] = endId;
    target[targetAt] = endId;
    return new TokenPair(source, target);
  }

  /**
   * The lengths of segments that so many items are parted into, none of them empty: of the places between two items as many are
   * drawn as part the segments.
   */
  static int[] segments(int items, int count, SplitMix64 random) {
    int[] lengths = new int[count];
    int segment = 0;
    int start = 0;
    for (int place = 1; place < items; place++) {
      int places = items - place;
      int wanted = count - 1 - segment;
      if (random.nextInt(places) < wanted) {
        lengths[segment++] = place - start;
        start = place;
      }
    }
    lengths[segment] = items - start;
    return lengths;
  }
}
