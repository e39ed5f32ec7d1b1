package org.terraformer.domain.layer.sparse;

import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.recording.Recorder;

/**
 * The switch feed-forward layer (Fedus et al., 2021): as {@link BlockSparseFeedForward}, but the chosen expert's pre-activations
 * are multiplied by the probability p that the router gave it: {@code y = W2[e] relu(p W1[e] x) + b2}.
 *
 * <p>Weights: {@code router.weight} [experts, width], {@code input.weight} and {@code output.weight}
 * [1, experts, hidden / experts, width], {@code output.bias} [width].
 */
public record SwitchFeedForward(int width, int hiddenSize, int experts) implements Layer {
  /** Options: {@code hidden_size}, {@code experts}. */
  public static final LayerType TYPE = LayerType.of(LayerRole.FEED_FORWARD, "switch", (options, context) ->
      new SwitchFeedForward(context.width(), options.size("hidden_size"), ExpertFeedForward.experts(options)));

  @Override
  public Value record(Recorder recorder, Value x) {
    return new ExpertFeedForward(width, hiddenSize, experts, true).record(recorder, x);
  }
}
