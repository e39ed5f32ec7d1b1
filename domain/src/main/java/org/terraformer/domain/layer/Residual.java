package org.terraformer.domain.layer;

import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.recording.Recorder;

/**
 * A layer beside the identity: {@code y = x + layer(x)}.
 */
public record Residual(Layer layer) implements Layer {

  @Override
  public Value record(Recorder recorder, Value x) {
    return recorder.apply(new Add(), x, layer.record(recorder, x));
  }
}
