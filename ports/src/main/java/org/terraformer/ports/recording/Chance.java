package org.terraformer.ports.recording;

import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;

/** Where a layer that is recorded for training takes its random numbers from. */
@FunctionalInterface
public interface Chance {

  /**
   * Numbers drawn evenly from [low, high).
   *
   * @param recorder stands in the scope of the layer that draws
   * @param name tells the draws of a layer apart, as {@code noise}
   * @return F32 of this shape for each item of the extent
   */
  Value uniform(Recorder recorder, String name, Extent extent, float low, float high, long... shape);
}
