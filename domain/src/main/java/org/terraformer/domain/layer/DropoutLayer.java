package org.terraformer.domain.layer;

import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Dropout;
import org.terraformer.ports.recording.Chance;
import org.terraformer.ports.recording.Recorder;

/**
 * Dropout: while a model is trained, leaves out each element with probability {@code rate} and scales the others by {@code 1 / (1 - rate)};
 * else, and with rate 0, nothing. Draws are shared as the reference shares its masks over axes.
 *
 * @param extent what a draw is for: each row, all rows of a sequence (SEQUENCE), or all of a run (FIXED)
 */
public record DropoutLayer(double rate, Extent extent) implements Layer {

  /** Of what is added to the hidden vectors, as the recording wants it. */
  public static DropoutLayer hidden(Recorder recorder) {
    return new DropoutLayer(recorder.dropout().hidden(), recorder.dropout().sharedOverTime() ? Extent.SEQUENCE : Extent.ROW);
  }

  @Override
  public Value record(Recorder recorder, Value x) {
    Chance chance = recorder.chance().orElse(null);
    if (chance == null || rate == 0) {
      return x;
    }
    Extent drawn = extent == Extent.ROW ? x.extent() : extent;
    Value draws = chance.uniform(recorder, "dropout", drawn, 0, 1, x.shape().toArray());
    return recorder.apply(new Dropout((float) rate), x, draws);
  }
}
