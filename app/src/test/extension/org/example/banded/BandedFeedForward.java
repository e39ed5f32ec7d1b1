package org.example.banded;

import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Activation;
import org.terraformer.ports.operation.ActivationFunction;
import org.terraformer.ports.recording.Recorder;

/**
 * A feed-forward layer of two banded matrices: {@code y = B2 relu(B1 x + b1) + b2}, each with an operation that the library does not have.
 *
 * @param band diagonals of each matrix
 */
record BandedFeedForward(int width, int band) implements Layer {
  static final LayerType TYPE = LayerType.of(LayerRole.FEED_FORWARD, "banded",
      (options, context) -> new BandedFeedForward(context.width(), options.integer("band", 1, context.width())));

  @Override
  public Value record(Recorder recorder, Value x) {
    return banded(recorder.scope("output"),
        recorder.apply(new Activation(ActivationFunction.RELU), banded(recorder.scope("input"), x)));
  }

  private Value banded(Recorder recorder, Value x) {
    return recorder.apply(new BandedLinear(), x, recorder.vector("band", band, width), recorder.vector("bias", width));
  }
}
