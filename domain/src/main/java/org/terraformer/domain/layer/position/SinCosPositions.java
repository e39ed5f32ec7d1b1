package org.terraformer.domain.layer.position;

import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.Sinusoid;
import org.terraformer.ports.recording.Recorder;

/**
 * Adds fixed sinusoids, all sines before all cosines; see {@link Sinusoid}. It has no weights.
 */
public record SinCosPositions() implements Layer {
  /** No options. */
  public static final LayerType TYPE = LayerType.of(LayerRole.POSITIONS, "sin_cos", (options, context) -> new SinCosPositions());

  @Override
  public Value record(Recorder recorder, Value x) {
    return recorder.apply(new Add(), x, recorder.apply(new Sinusoid(x.width()), recorder.rowPositions()));
  }
}
