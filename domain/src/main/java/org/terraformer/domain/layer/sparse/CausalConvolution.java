package org.terraformer.domain.layer.sparse;

import org.terraformer.domain.layer.Layer;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.recording.Recorder;

/**
 * A causal convolution over time: {@code y_t = b + sum_{l<length} W_l x_{t - (length - 1) + l}}, with zeros before the start.
 *
 * <p>Weights: {@code weight} [units, length, 1, in], {@code bias} [units].
 */
public record CausalConvolution(int units, int length) implements Layer {

  @Override
  public Value record(Recorder recorder, Value x) {
    return new ConvolutionalDense(1, units, 1, length).recordModules(recorder, recorder.reshape(x, x.width()));
  }
}
