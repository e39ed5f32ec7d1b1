package org.terraformer.domain.model;

import java.util.List;
import java.util.Optional;
import org.terraformer.domain.config.Architecture;
import org.terraformer.domain.config.LayerSpec;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.DropoutLayer;
import org.terraformer.domain.layer.FeedForwardBlock;
import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerContext;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.layer.TokenEmbedding;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.KeepLast;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/**
 * The decoder-only transformer. With h the embedded token plus its position, each block does
 * {@code h += attention(norm(h))} and {@code h += feedForward(norm(h)) + recurrence(h)}; the logits are {@code W norm(h)}.
 *
 * <p>Input {@code tokens}: I32 for each row, the token <i>before</i> the one to be predicted, so that a sequence starts with the
 * start id. Output {@code logits}: F32 [vocabulary] for each kept row.
 *
 * <p>Scopes of weights: {@code embedding}, {@code positions}, {@code blocks.N.attention_norm}, {@code blocks.N.attention},
 * {@code blocks.N.feed_forward_norm}, {@code blocks.N.feed_forward}, {@code blocks.N.recurrence}, {@code final_norm},
 * {@code logits}.
 */
public final class TransformerLm {
  /** The input with the token ids. */
  public static final String TOKENS = "tokens";

  /** The output with the logits of the next token. */
  public static final String LOGITS = "logits";

  private TransformerLm() {}

  /**
   * Records the model that a configuration describes.
   *
   * @throws org.terraformer.ports.failure.InvalidInputException naming the first mistake in a layer's options
   */
  public static Program record(ModelConfig config, LayerTypes types) {
    Recorder recorder = new Recorder();
    Value tokens = recorder.input(TOKENS, DType.I32, Extent.ROW);
    recorder.output(LOGITS, layer(config, types).record(recorder, tokens));
    return recorder.program();
  }

  /** The model as a layer from token ids to logits. */
  public static Layer layer(ModelConfig config, LayerTypes types) {
    if (!(config.architecture() instanceof Architecture.DecoderOnly)) {
      throw InvalidInputException.of("The model is %s, but only a %s can be used here.", config.architecture().aName(), ModelConfig.MODEL_TYPE);
    }
    LayerContext bare = new LayerContext(config.width(), config.vocabularySize(), config.maxLength(), (recorder, x) -> x);
    Layer normalization = types.create(LayerRole.NORMALIZATION, config.normalization(), bare);
    LayerContext context = new LayerContext(config.width(), config.vocabularySize(), config.maxLength(), normalization);
    Layer positions = types.create(LayerRole.POSITIONS, config.positions(), context);
    List<Layer> attention = layers(LayerRole.ATTENTION, config.attention(), types, context);
    List<Layer> feedForward = layers(LayerRole.FEED_FORWARD, config.feedForward(), types, context);
    Layer logits = types.create(LayerRole.LOGITS, config.logits(), context);
    Optional<Layer> recurrence = config.recurrence().map(spec -> types.create(LayerRole.RECURRENCE, spec, context));
    return (recorder, tokens) -> {
      Value h = new TokenEmbedding(config.vocabularySize(), config.width()).record(recorder.scope("embedding"), tokens);
      h = DropoutLayer.hidden(recorder).record(recorder.scope("embedding"), h);
      h = positions.record(recorder.scope("positions"), h);
      for (int block = 0; block < config.blocks(); block++) {
        Recorder scope = recorder.scope("blocks." + block);
        Value attended = attention.get(block % attention.size()).record(
            scope.scope("attention"), normalization.record(scope.scope("attention_norm"), h));
        attended = DropoutLayer.hidden(recorder).record(scope.scope("attention"), attended);
        h = scope.apply(new Add(), h, attended);
        Value fed = new FeedForwardBlock(normalization, feedForward.get(block % feedForward.size()), recurrence).record(scope, h);
        h = scope.apply(new Add(), h, fed);
      }
      Value last = recorder.apply(new KeepLast(), h);
      return logits.record(recorder.scope("logits"), normalization.record(recorder.scope("final_norm"), last));
    };
  }

  private static List<Layer> layers(LayerRole role, List<LayerSpec> specs, LayerTypes types, LayerContext context) {
    return specs.stream().map(spec -> types.create(role, spec, context)).toList();
  }

  /** The tokens as a model is fed with them: the start id, then all but the last. */
  public static int[] shiftRight(int[] tokens, int startId) {
    int[] shifted = new int[tokens.length];
    if (tokens.length > 0) {
      shifted[0] = startId;
      System.arraycopy(tokens, 0, shifted, 1, tokens.length - 1);
    }
    return shifted;
  }
}
