package org.terraformer.ports.recording;

import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;

/** Where a layer that is recorded for training takes its random numbers from. */
public interface Chance {

  /**
   * Numbers drawn evenly from [low, high).
   *
   * @param recorder stands in the scope of the layer that draws
   * @param name tells the draws of a layer apart, as {@code noise}
   * @return F32 of this shape for each item of the extent
   */
  Value uniform(Recorder recorder, String name, Extent extent, float low, float high, long... shape);

  /** A stream for an operation that draws by itself, as one whose draws would not fit a tensor. */
  Stream stream(Recorder recorder);

  /**
   * Numbers that are functions of a seed and their place.
   *
   * @param seed of the run: I32 scalar
   * @param number tells streams apart
   */
  record Stream(Value seed, int number) {}
}
