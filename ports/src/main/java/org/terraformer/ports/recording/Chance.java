package org.terraformer.ports.recording;

import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.BlockArgmax;
import org.terraformer.ports.operation.GumbelNoise;

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

  /**
   * An element of each block, drawn with the probabilities {@code softmax(logits / temperature)}: the largest of the logits with Gumbel noise.
   *
   * @param name of the noise
   * @param logits F32 [blocks, choices]
   * @param temperature above 0
   * @return I32 [blocks]
   */
  default Value choice(Recorder recorder, String name, Value logits, float temperature) {
    Value drawn = uniform(recorder, name, logits.extent(), 1e-6f, 1 - 1e-6f, logits.shape().toArray());
    return recorder.apply(new BlockArgmax(), recorder.apply(new GumbelNoise(temperature), logits, drawn));
  }

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
