package org.terraformer.domain.layer.position;

import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.RandomStart;
import org.terraformer.ports.operation.Sinusoid;
import org.terraformer.ports.recording.Recorder;

/**
 * Adds fixed sinusoids, all sines before all cosines; see {@link Sinusoid}. It has no weights. As in the reference, half of the runs of a
 * training start at a random position below 2048, the same for all sequences.
 *
 * @param randomStart whether they do
 */
public record SinCosPositions(boolean randomStart) implements Layer {
  /** Options: for training, {@code random_start} (true). */
  public static final LayerType TYPE = LayerType.of(LayerRole.POSITIONS, "sin_cos",
      (options, context) -> new SinCosPositions(TrainingStart.wanted(options)));

  private static final TrainingStart START = new TrainingStart(new RandomStart(0.5f, 2048, 0), Extent.FIXED);

  @Override
  public Value record(Recorder recorder, Value x) {
    Value positions = randomStart ? START.positions(recorder) : recorder.rowPositions();
    return recorder.apply(new Add(), x, recorder.apply(new Sinusoid(x.width()), positions));
  }
}
