package org.terraformer.domain.layer.position;

import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.recording.Recorder;

/**
 * Adds nothing: the model knows positions only by what its other layers do with time.
 */
public record NoPositions() implements Layer {
  /** No options. */
  public static final LayerType TYPE = LayerType.of(LayerRole.POSITIONS, "none", (options, context) -> new NoPositions());

  @Override
  public Value record(Recorder recorder, Value x) {
    return x;
  }
}
