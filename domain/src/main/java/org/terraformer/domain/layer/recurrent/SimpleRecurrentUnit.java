package org.terraformer.domain.layer.recurrent;

import org.terraformer.domain.layer.Dense;
import org.terraformer.domain.layer.Layer;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.SimpleRecurrence;
import org.terraformer.ports.recording.Recorder;

/**
 * The simple recurrent unit (Lei et al., 2018): one dense layer makes the pre-activations of the gates r, f and of y,
 * {@link SimpleRecurrence} the rest.
 *
 * <p>Weights: {@code weight} [3n, n], {@code bias} [3n], n the size of x.
 */
public record SimpleRecurrentUnit() implements Layer {

  @Override
  public Value record(Recorder recorder, Value x) {
    int units = x.width();
    Value gates = new Dense(3 * units).record(recorder, x);
    return recorder.apply(new SimpleRecurrence(), x, gates, recorder.startPositions(), recorder.slotState("carry", units));
  }
}
