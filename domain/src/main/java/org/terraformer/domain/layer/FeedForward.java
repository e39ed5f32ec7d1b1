package org.terraformer.domain.layer;

import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Activation;
import org.terraformer.ports.operation.ActivationFunction;
import org.terraformer.ports.recording.Recorder;

/**
 * The dense feed-forward layer: {@code y = W2 f(W1 x + b1) + b2}.
 *
 * <p>Weights: {@code input.weight} [hidden, width], {@code input.bias}, {@code output.weight} [width, hidden],
 * {@code output.bias}. As in the reference, dropout in training is before the activation, where all rows of a sequence share it, and behind
 * the output.
 *
 * @param hiddenSize d_ff
 */
public record FeedForward(int width, int hiddenSize, ActivationFunction activation) implements Layer {
  /** Options: {@code hidden_size}, {@code activation} (relu). */
  public static final LayerType TYPE = LayerType.of(LayerRole.FEED_FORWARD, "dense", (options, context) -> new FeedForward(
      context.width(), options.size("hidden_size"),
      options.choice("activation", ActivationFunction.class, ActivationFunction.RELU)));

  @Override
  public Value record(Recorder recorder, Value x) {
    Value hidden = new Dense(hiddenSize).record(recorder.scope("input"), x);
    hidden = new DropoutLayer(recorder.dropout().feedForward(), Extent.SEQUENCE).record(recorder, hidden);
    Value active = recorder.apply(new Activation(activation), hidden);
    Value y = new Dense(width).record(recorder.scope("output"), active);
    return DropoutLayer.hidden(recorder).record(recorder, y);
  }
}
