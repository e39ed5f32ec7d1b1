package org.terraformer.domain.layer;

import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.recording.Recorder;

/**
 * A layer: a small immutable object that knows its sizes and records what it computes. It holds no weights; they have names
 * in the scope of the recorder it is given.
 */
@FunctionalInterface
public interface Layer {

  /**
   * Records this layer applied to x. Weights are recorded in the order in which the reference implementation stores them.
   *
   * @param recorder stands in this layer's scope
   * @return the layer's output for each item of x
   * @throws org.terraformer.ports.kernel.ShapeException if x does not fit
   */
  Value record(Recorder recorder, Value x);
}
