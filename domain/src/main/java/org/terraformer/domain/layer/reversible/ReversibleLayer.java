package org.terraformer.domain.layer.reversible;

import org.terraformer.ports.recording.Recorder;

/** A layer on two streams whose input can be computed from its output, so that training need not keep it. */
public interface ReversibleLayer {

  /** Records the layer. */
  Streams record(Recorder recorder, Streams x);

  /** Records what gives the layer's input again: {@code reverse(record(x)) = x}, up to rounding. */
  Streams reverse(Recorder recorder, Streams y);

  /** The same layer in a scope of this name. */
  default ReversibleLayer in(String scope) {
    ReversibleLayer layer = this;
    return new ReversibleLayer() {
      @Override
      public Streams record(Recorder recorder, Streams x) {
        return layer.record(recorder.scope(scope), x);
      }

      @Override
      public Streams reverse(Recorder recorder, Streams y) {
        return layer.reverse(recorder.scope(scope), y);
      }
    };
  }
}
