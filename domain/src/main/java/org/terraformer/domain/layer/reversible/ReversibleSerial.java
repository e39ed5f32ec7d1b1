package org.terraformer.domain.layer.reversible;

import java.util.List;
import org.terraformer.ports.recording.Recorder;

/** Reversible layers one after another. */
public record ReversibleSerial(List<ReversibleLayer> layers) implements ReversibleLayer {
  public ReversibleSerial {
    layers = List.copyOf(layers);
  }

  @Override
  public Streams record(Recorder recorder, Streams x) {
    Streams y = x;
    for (ReversibleLayer layer : layers) {
      y = layer.record(recorder, y);
    }
    return y;
  }

  @Override
  public Streams reverse(Recorder recorder, Streams y) {
    Streams x = y;
    for (ReversibleLayer layer : layers.reversed()) {
      x = layer.reverse(recorder, x);
    }
    return x;
  }
}
