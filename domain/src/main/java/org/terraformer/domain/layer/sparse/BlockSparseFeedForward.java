package org.terraformer.domain.layer.sparse;

import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.recording.Recorder;

/**
 * The block-sparse feed-forward layer: a router sends each token to one of several experts, equal slices of the hidden units.
 * {@code y = W2[e] relu(W1[e] x) + b2} with e the first largest of the router's logits {@code R x}.
 *
 * <p>Weights: {@code router.weight} [experts, width], {@code input.weight} and {@code output.weight}
 * [1, experts, hidden / experts, width], {@code output.bias} [width].
 */
public record BlockSparseFeedForward(int width, int hiddenSize, int experts) implements Layer {
  /** Options: {@code hidden_size}, {@code experts}. */
  public static final LayerType TYPE = LayerType.of(LayerRole.FEED_FORWARD, "block_sparse", (options, context) ->
      new BlockSparseFeedForward(context.width(), options.size("hidden_size"), ExpertFeedForward.experts(options)));

  @Override
  public Value record(Recorder recorder, Value x) {
    return new ExpertFeedForward(width, hiddenSize, experts, false).record(recorder, x);
  }
}
