package org.terraformer.ports.recording;

import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.BlockDraw;
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
    Stream stream = stream(recorder);
    return recorder.apply(new Uniform(stream.number(), extent, shape, low, high), stream.seed());
  }

  /** Drawn by the probabilities themselves, which takes a fraction of the time that noise for every element does. */
  @Override
  public Value choice(Recorder recorder, String name, Value logits, float temperature) {
    Stream stream = stream(recorder);
    return recorder.apply(new BlockDraw(stream.number(), temperature), logits, stream.seed());
  }

  @Override
  public Stream stream(Recorder recorder) {
    return new Stream(recorder.input(SEED, DType.I32, Extent.FIXED), streams++);
  }
}
