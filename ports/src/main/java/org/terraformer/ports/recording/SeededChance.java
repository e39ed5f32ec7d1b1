package org.terraformer.ports.recording;

import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Uniform;
import org.terraformer.ports.tensor.DType;

/** Draws from the seed that the caller writes to the input {@code seed} before each run; every draw has a stream of its own. */
public final class SeededChance implements Chance {
  /** The input with the seed of a run: I32. */
  public static final String SEED = "seed";

  private int streams;

  /** No draw yet. */
  public SeededChance() {}

  @Override
  public Value uniform(Recorder recorder, String name, Extent extent, float low, float high, long... shape) {
    return recorder.apply(new Uniform(streams++, extent, shape, low, high), recorder.input(SEED, DType.I32, Extent.FIXED));
  }
}
