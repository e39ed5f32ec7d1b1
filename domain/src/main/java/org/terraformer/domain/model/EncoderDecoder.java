package org.terraformer.domain.model;

import org.terraformer.domain.config.Architecture;
import org.terraformer.domain.config.LayerSpec;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.config.Options;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.layer.TokenEmbedding;
import org.terraformer.domain.layer.attention.CrossAttention;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.KeepLast;
import org.terraformer.ports.operation.NotEqual;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/**
 * The transformer with encoder and decoder (Vaswani et al., 2017), normalised before each layer. The encoder's blocks are those of
 * {@link TransformerLm} with bidirectional attention, its result m is normalised; a block of the decoder has
 * {@code h += crossAttention(norm(h), m)} between attention and feed-forward.
 *
 * <p>Source and target stand in sequences of their own, both from position 0.
 *
 * <p>Scopes of weights: those of {@link TransformerLm} and, in this order around them, {@code embedding} or {@code source_embedding},
 * {@code encoder.positions}, {@code encoder.blocks.N...}, {@code encoder.final_norm}; {@code blocks.N.cross_attention_norm} and
 * {@code blocks.N.cross_attention}.
 */
public final class EncoderDecoder implements SourceModel {
  private final ModelConfig config;
  private final Architecture.EncoderDecoder architecture;
  private final ModelLayers layers;
  private final CrossAttention crossAttention;

  EncoderDecoder(ModelConfig config, Architecture.EncoderDecoder architecture, LayerTypes types) {
    this.config = config;
    this.architecture = architecture;
    this.layers = ModelLayers.of(config, types);
    this.crossAttention = crossAttention(architecture.crossAttention(), config.width());
  }

  private static CrossAttention crossAttention(LayerSpec spec, int width) {
    Options options = spec.read();
    CrossAttention layer = switch (spec.type()) {
      case "dense" -> CrossAttention.dense(width, divisor(options, "heads", width));
      case "sparse" -> CrossAttention.sparse(width, divisor(options, "heads", width), divisor(options, "modules", width),
          options.has("output_modules") ? divisor(options, "output_modules", width) : 0);
      default -> throw options.wrong("type", spec.type(), "must be one of dense, sparse");
    };
    options.finish();
    return layer;
  }

  private static int divisor(Options options, String field, int width) {
    int value = options.size(field);
    if (width % value != 0) {
      throw options.wrong(field, value, "must divide the width %d".formatted(width));
    }
    return value;
  }

  @Override
  public Value record(Recorder recorder) {
    Value source = recorder.input(SOURCE, DType.I32, Extent.ROW);
    Value tokens = recorder.input(TransformerLm.TOKENS, DType.I32, Extent.ROW);
    Value table = sourceTable(recorder);
    Value mask = recorder.apply(new NotEqual(config.paddingId()), source);
    Value encoded = encode(recorder.masked(mask), source, table);
    Value targetTable = architecture.sourceVocabulary().isPresent() ? targetTable(recorder) : table;
    return decode(recorder, tokens, targetTable, (scope, block, x) -> crossAttention.record(scope, x, encoded, encoded, mask));
  }

  @Override
  public int sourceVocabulary() {
    return architecture.sourceVocabulary().orElse(config.vocabularySize());
  }

  @Override
  public Program encoder() {
    Recorder recorder = new Recorder();
    Value source = recorder.input(SOURCE, DType.I32, Extent.ROW);
    Value encoded = encode(recorder.masked(recorder.apply(new NotEqual(config.paddingId()), source)), source, sourceTable(recorder));
    for (int block = 0; block < config.blocks(); block++) {
      Recorder scope = recorder.scope("blocks." + block + ".cross_attention");
      recorder.output(keys(block), crossAttention.keys(scope, encoded));
      recorder.output(values(block), crossAttention.values(scope, encoded));
    }
    return recorder.program();
  }

  @Override
  public Program decoder(int sourceLength) {
    Recorder recorder = new Recorder();
    Value tokens = recorder.input(TransformerLm.TOKENS, DType.I32, Extent.ROW);
    int heads = crossAttention.heads();
    int size = config.width() / heads;
    recorder.output(TransformerLm.LOGITS, decode(recorder, tokens, targetTable(recorder), (scope, block, x) -> crossAttention.attend(scope, x,
        recorder.input(keys(block), DType.F32, Extent.FIXED, heads, sourceLength, size),
        recorder.input(values(block), DType.F32, Extent.FIXED, heads, sourceLength, size))));
    return recorder.program();
  }

  private static String keys(int block) {
    return "memory." + block + ".keys";
  }

  private static String values(int block) {
    return "memory." + block + ".values";
  }

  private Value sourceTable(Recorder recorder) {
    return architecture.sourceVocabulary().isPresent()
        ? new TokenEmbedding(sourceVocabulary(), config.width()).table(recorder.scope("source_embedding"))
        : targetTable(recorder);
  }

  private Value targetTable(Recorder recorder) {
    return new TokenEmbedding(config.vocabularySize(), config.width()).table(recorder.scope("embedding"));
  }

  private Value encode(Recorder recorder, Value source, Value table) {
    Value h = layers.embedded(recorder, source, table, "encoder.positions");
    for (int block = 0; block < architecture.source().blocks(); block++) {
      h = layers.encoderBlock(recorder.scope("encoder.blocks." + block), block, h);
    }
    return layers.normalization().record(recorder.scope("encoder.final_norm"), h);
  }

  /** The cross attention of a block, given its scope. */
  @FunctionalInterface
  private interface Crossing {
    Value record(Recorder scope, int block, Value x);
  }

  private Value decode(Recorder recorder, Value tokens, Value table, Crossing crossing) {
    Value h = layers.embedded(recorder, tokens, table, "positions");
    for (int block = 0; block < config.blocks(); block++) {
      Recorder scope = recorder.scope("blocks." + block);
      h = ModelLayers.added(scope, h, layers.attention(block, "").record(scope, h));
      Value normalized = layers.normalization().record(scope.scope("cross_attention_norm"), h);
      h = ModelLayers.added(scope, h, crossing.record(scope.scope("cross_attention"), block, normalized));
      h = scope.apply(new Add(), h, layers.feedForward(block).record(scope, h));
    }
    Value last = recorder.apply(new KeepLast(), h);
    return layers.logits().record(recorder.scope("logits"), layers.normalization().record(recorder.scope("final_norm"), last));
  }
}
