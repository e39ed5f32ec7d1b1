package org.terraformer.domain.layer.reversible;

import java.util.ArrayList;
import java.util.List;
import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.random.MersenneTwister;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.PermuteFeatures;
import org.terraformer.ports.recording.Recorder;

/**
 * Fixed permutations of the features, which lose nothing: {@link #RESHAPED} and {@link #DRAWN} are those of the reference implementation.
 */
public enum FeaturePermutation implements Layer {
  /**
   * The features as a matrix with m columns, transposed. With a width of 2^k, m is 2^i with the largest i up to k / 2 that does not divide k,
   * or 2 if there is none.
   */
  RESHAPED {
    @Override
    List<Integer> order(int width) {
      if (Integer.bitCount(width) != 1) {
        throw InvalidInputException.of("A reshape permutation needs a width that is a power of 2 but it is %d.", width);
      }
      int columns = Math.min(width, 1 << exponent(Integer.numberOfTrailingZeros(width)));
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < width; i++) {
        order.add(i % (width / columns) * columns + i / (width / columns));
      }
      return order;
    }
  },

  /** A random permutation, always the same: it is drawn with the seed 42. */
  DRAWN {
    @Override
    List<Integer> order(int width) {
      return new MersenneTwister(42).permutation(width);
    }
  };

  abstract List<Integer> order(int width);

  private static int exponent(int logarithm) {
    for (int i = logarithm / 2; i > 1; i--) {
      if (logarithm % i != 0) {
        return i;
      }
    }
    return 1;
  }

  @Override
  public Value record(Recorder recorder, Value x) {
    return recorder.apply(new PermuteFeatures(order(x.width())), x);
  }

  /** Records the permutation that undoes this one. */
  public Value reverse(Recorder recorder, Value y) {
    return recorder.apply(new PermuteFeatures(order(y.width())).inverse(), y);
  }
}
