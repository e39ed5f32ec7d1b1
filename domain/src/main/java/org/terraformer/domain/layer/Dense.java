package org.terraformer.domain.layer;

import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.recording.Recorder;

/**
 * A dense layer: {@code y = W x + b}, on the innermost axis: [..., in] becomes [..., units].
 *
 * <p>Weights: {@code weight} [units, in], {@code bias} [units].
 *
 * @param units the size of the result
 * @param biased whether there is a bias
 */
public record Dense(int units, boolean biased) implements Layer {

  public Dense(int units) {
    this(units, true);
  }

  @Override
  public Value record(Recorder recorder, Value x) {
    Value weight = recorder.matrix("weight", units, x.shape().columns());
    return biased
        ? recorder.apply(new Linear(true), x, weight, recorder.vector("bias", units))
        : recorder.apply(new Linear(false), x, weight);
  }
}
