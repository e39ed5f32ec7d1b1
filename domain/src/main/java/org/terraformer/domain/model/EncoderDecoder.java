package org.terraformer.domain.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;
import org.terraformer.domain.config.Architecture;
import org.terraformer.domain.config.LayerSpec;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerContext;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.layer.SourceLayer;
import org.terraformer.domain.layer.TokenEmbedding;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.KeepLast;
import org.terraformer.ports.operation.NotEqual;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.recording.Source;
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
  private final SourceLayer crossAttention;

  EncoderDecoder(ModelConfig config, Architecture.EncoderDecoder architecture, LayerTypes types) {
    this.config = config;
    this.architecture = architecture;
    this.layers = ModelLayers.of(config, types);
    this.crossAttention = crossAttention(architecture.crossAttention(), types, layers.context());
  }

  private static SourceLayer crossAttention(LayerSpec spec, LayerTypes types, LayerContext context) {
    if (types.create(LayerRole.CROSS_ATTENTION, spec, context) instanceof SourceLayer layer) {
      return layer;
    }
    throw InvalidInputException.of("The layer type %s.%s makes layers that remember nothing of a source, which it is for.",
        LayerRole.CROSS_ATTENTION.field(), spec.type());
  }

  @Override
  public Value record(Recorder recorder) {
    Value source = recorder.input(SOURCE, DType.I32, Extent.ROW);
    Value tokens = recorder.input(TransformerLm.TOKENS, DType.I32, Extent.ROW);
    Value table = sourceTable(recorder);
    Value mask = recorder.apply(new NotEqual(config.paddingId()), source);
    Value encoded = encode(recorder.masked(mask), source, table);
    Value targetTable = architecture.sourceVocabulary().isPresent() ? targetTable(recorder) : table;
    Source.Rows read = new Source.Rows(encoded, mask);
    return decode(recorder, tokens, targetTable, block -> read);
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
      String prefix = memoryPrefix(block);
      crossAttention.remember(scope, encoded).forEach((name, value) -> recorder.output(prefix + name, value));
    }
    return recorder.program();
  }

  @Override
  public Program decoder(int sourceLength) {
    Recorder recorder = new Recorder();
    Value tokens = recorder.input(TransformerLm.TOKENS, DType.I32, Extent.ROW);
    Map<String, Integer> widths = memoryWidths();
    recorder.output(TransformerLm.LOGITS,
        decode(recorder, tokens, targetTable(recorder), block -> memory(recorder, memoryPrefix(block), widths, sourceLength)));
    return recorder.program();
  }

  /** What a cross attention remembers of a row, which it says by recording it. */
  private Map<String, Integer> memoryWidths() {
    Recorder elsewhere = new Recorder();
    Map<String, Integer> widths = new LinkedHashMap<>();
    crossAttention.remember(elsewhere, elsewhere.input("rows", DType.F32, Extent.ROW, config.width()))
        .forEach((name, value) -> widths.put(name, value.width()));
    return widths;
  }

  private Source.Memory memory(Recorder recorder, String prefix, Map<String, Integer> widths, int sourceLength) {
    int heads = crossAttention.heads();
    Map<String, Value> inputs = new LinkedHashMap<>();
    widths.forEach((name, width) ->
        inputs.put(name, recorder.input(prefix + name, DType.F32, Extent.FIXED, heads, sourceLength, width / heads)));
    return new Source.Memory(inputs);
  }

  private static String memoryPrefix(int block) {
    return "memory." + block + ".";
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

  private Value decode(Recorder recorder, Value tokens, Value table, IntFunction<Source> sources) {
    Value h = layers.embedded(recorder, tokens, table, "positions");
    for (int block = 0; block < config.blocks(); block++) {
      Recorder scope = recorder.scope("blocks." + block);
      h = ModelLayers.added(scope, h, layers.attention(block, "").record(scope, h));
      Value normalized = layers.normalization().record(scope.scope("cross_attention_norm"), h);
      h = ModelLayers.added(scope, h, crossAttention.record(scope.scope("cross_attention").reading(sources.apply(block)), normalized));
      h = scope.apply(new Add(), h, layers.feedForward(block).record(scope, h));
    }
    Value last = recorder.apply(new KeepLast(), h);
    return layers.logits().record(recorder.scope("logits"), layers.normalization().record(recorder.scope("final_norm"), last));
  }
}
