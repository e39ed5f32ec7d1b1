package org.terraformer.domain.layer.sparse;

import org.terraformer.domain.layer.Layer;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.DepthwiseConvolution;
import org.terraformer.ports.recording.Initialization;
import org.terraformer.ports.recording.Recorder;

/**
 * A causal convolution over time of each channel by itself: {@code y_t[i] = sum_{l<length} w[l, i] x_{t-l}[i]}.
 *
 * <p>Weights: {@code weight} [length, width].
 */
public record CausalDepthwiseConvolution(int length) implements Layer {

  @Override
  public Value record(Recorder recorder, Value x) {
    Value weight = recorder.vector("weight", Initialization.glorotUniform(length, x.width()), length, x.width());
    return recorder.apply(
        new DepthwiseConvolution(), x, weight, recorder.startPositions(), recorder.slotState("history", length - 1, x.width()));
  }
}
