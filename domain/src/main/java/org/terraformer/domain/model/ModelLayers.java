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
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.Embedding;
import org.terraformer.ports.recording.Recorder;

/**
 * The layers that a configuration names.
 *
 * @param attention of the decoder; empty for a model without one
 * @param encoderAttention of the encoder
 */
record ModelLayers(LayerContext context, Layer normalization, Layer positions, List<Layer> attention, List<Layer> encoderAttention,
    List<Layer> feedForward, Optional<Layer> recurrence, Layer logits) {

  /**
   * @throws org.terraformer.ports.failure.InvalidInputException naming the first mistake in a layer's options
   */
  static ModelLayers of(ModelConfig config, LayerTypes types) {
    int classes = config.architecture() instanceof Architecture.EncoderClassifier classifier ? classifier.classes() : config.vocabularySize();
    LayerContext bare = new LayerContext(config.width(), classes, config.maxLength(), (recorder, x) -> x);
    Layer normalization = types.create(LayerRole.NORMALIZATION, config.normalization(), bare);
    LayerContext context = new LayerContext(config.width(), classes, config.maxLength(), normalization);
    boolean classifies = config.architecture() instanceof Architecture.EncoderClassifier;
    List<LayerSpec> encoder = classifies ? config.attention() : config.architecture().encoder().map(Architecture.Encoder::attention).orElse(List.of());
    return new ModelLayers(context, normalization,
        types.create(LayerRole.POSITIONS, config.positions(), context),
        layers(LayerRole.ATTENTION, classifies ? List.of() : config.attention(), types, context),
        layers(LayerRole.ENCODER_ATTENTION, encoder, types, context),
        layers(LayerRole.FEED_FORWARD, config.feedForward(), types, context),
        config.recurrence().map(spec -> types.create(LayerRole.RECURRENCE, spec, context)),
        types.create(LayerRole.LOGITS, config.logits(), context));
  }

  private static List<Layer> layers(LayerRole role, List<LayerSpec> specs, LayerTypes types, LayerContext context) {
    return specs.stream().map(spec -> types.create(role, spec, context)).toList();
  }

  /** Tokens as rows of a table, of which training leaves elements out, and their positions, whose weights are in a scope. */
  Value embedded(Recorder recorder, Value tokens, Value table, String positionsScope) {
    Value rows = DropoutLayer.hidden(recorder).record(recorder, recorder.apply(new Embedding(), tokens, table));
    return positions.record(recorder.scope(positionsScope), rows);
  }

  /** Records {@code x + y}, y being what a layer adds, of which training leaves elements out. */
  static Value added(Recorder scope, Value x, Value y) {
    return scope.apply(new Add(), x, DropoutLayer.hidden(scope).record(scope, y));
  }

  /** {@code attention(norm(x))}, in the scopes {@code attention_norm} and {@code attention} with this ending. */
  Layer attention(int block, String ending) {
    return normalized(attention.get(block % attention.size()), ending);
  }

  /** As {@link #attention}, of the encoder. */
  Layer encoderAttention(int block) {
    return normalized(encoderAttention.get(block % encoderAttention.size()), "");
  }

  private Layer normalized(Layer layer, String ending) {
    return (recorder, x) -> layer.record(recorder.scope("attention" + ending), normalization.record(recorder.scope("attention_norm" + ending), x));
  }

  /** The feed-forward layer of a block with its norm, and the recurrence beside it. */
  Layer feedForward(int block) {
    return new FeedForwardBlock(normalization, feedForward.get(block % feedForward.size()), recurrence);
  }

  /** Records a block of an encoder with a single stream: {@code x += attention(norm(x)); x += feedForward(x)}. */
  Value encoderBlock(Recorder scope, int block, Value x) {
    Value attended = added(scope, x, encoderAttention(block).record(scope, x));
    return scope.apply(new Add(), attended, feedForward(block).record(scope, attended));
  }
}
