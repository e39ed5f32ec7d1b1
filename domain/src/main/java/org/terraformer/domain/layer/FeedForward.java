package org.terraformer.domain.layer;

import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Activation;
import org.terraformer.ports.operation.ActivationFunction;
import org.terraformer.ports.recording.Recorder;

/**
 * The dense feed-forward layer: {@code y = W2 f(W1 x + b1) + b2}.
 *
 * <p>Weights: {@code input.weight} [hidden, width], {@code input.bias}, {@code output.weight} [width, hidden],
 * {@code output.bias}.
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
    Value active = recorder.apply(new Activation(activation), hidden);
    return new Dense(width).record(recorder.scope("output"), active);
  }
}
