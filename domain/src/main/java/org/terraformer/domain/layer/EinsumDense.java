package org.terraformer.domain.layer;

import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.recording.Recorder;

/**
 * The function of {@link Dense} with bias, whose weight the reference stores one row for each output, as this library does.
 *
 * <p>Weights: {@code kernel} [units, in], {@code bias} [units].
 */
public record EinsumDense(int units) implements Layer {

  @Override
  public Value record(Recorder recorder, Value x) {
    Value kernel = recorder.matrix("kernel", units, x.shape().columns());
    return recorder.apply(new Linear(true), x, kernel, recorder.vector("bias", units));
  }
}
