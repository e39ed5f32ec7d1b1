package org.terraformer.domain.layer.reversible;

import org.terraformer.ports.recording.Recorder;

/** Exchanges the streams; nothing is computed. */
public record Swap() implements ReversibleLayer {

  @Override
  public Streams record(Recorder recorder, Streams x) {
    return new Streams(x.second(), x.first());
  }

  @Override
  public Streams reverse(Recorder recorder, Streams y) {
    return record(recorder, y);
  }
}
