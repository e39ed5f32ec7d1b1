package org.terraformer.domain.model;

import java.util.ArrayList;
import java.util.List;
import org.terraformer.domain.config.Architecture;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.Dense;
import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.layer.TokenEmbedding;
import org.terraformer.domain.layer.reversible.HalfResidual;
import org.terraformer.domain.layer.reversible.ReversibleLayer;
import org.terraformer.domain.layer.reversible.ReversibleSerial;
import org.terraformer.domain.layer.reversible.Streams;
import org.terraformer.domain.layer.reversible.Swap;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.KeepLast;
import org.terraformer.ports.operation.NotEqual;
import org.terraformer.ports.operation.SourceRows;
import org.terraformer.ports.operation.TargetPositions;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/**
 * The Terraformer of the paper (section 4): reversible blocks of two streams, and a decoder without cross attention. Its rows are those of the
 * source, as the encoder left them, and right behind them those of the target, under one causal attention. The positions of the target begin at
 * 0 again.
 *
 * <p>A block of the encoder: {@code x1 += attention(norm(x2)); swap; x1 += feedForward(x2)}, and a second swap if there are two. A block of
 * the decoder: {@code x1 += attention(norm(x2)); swap} for each of its attention layers, then {@code x1 += feedForward(x2); swap}. The logits
 * are {@code W norm((x1 + x2) / 2)}.
 *
 * <p>Scopes of weights, in this order: {@code embedding}, {@code encoder.positions}, {@code positions}, {@code encoder.blocks.N...},
 * {@code encoder.output} and {@code encoder.final_norm} of an encoder that is not reversible, {@code blocks.N.attention_norm.K},
 * {@code blocks.N.attention.K}, {@code blocks.N.feed_forward_norm}, {@code blocks.N.feed_forward}, {@code blocks.N.recurrence},
 * {@code final_norm}, {@code logits}; {@code encoder.forget.N} and {@code forget.N} behind block N.
 */
public final class Terraformer implements SourceModel {
  private static final String FIRST = "encoded.first";
  private static final String SECOND = "encoded.second";

  private final ModelConfig config;
  private final Architecture.Terraformer architecture;
  private final ModelLayers layers;
  private final Layer outerNormalization;

  Terraformer(ModelConfig config, Architecture.Terraformer architecture, LayerTypes types) {
    this.config = config;
    this.architecture = architecture;
    this.layers = ModelLayers.of(config, types);
    this.outerNormalization = types.create(LayerRole.NORMALIZATION, architecture.outerNormalization(), layers.context());
  }

  @Override
  public Value record(Recorder recorder) {
    Value source = recorder.input(SOURCE, DType.I32, Extent.ROW);
    Value tokens = recorder.input(TransformerLm.TOKENS, DType.I32, Extent.ROW);
    Value table = table(recorder);
    Value sourceRows = sourceRows(recorder, source, table);
    Value targetRows = targetRows(recorder, tokens, table);
    return decode(recorder, encode(masked(recorder, source), sourceRows), targetRows);
  }

  @Override
  public int sourceVocabulary() {
    return config.vocabularySize();
  }

  @Override
  public Program encoder() {
    Recorder recorder = new Recorder();
    Value source = recorder.input(SOURCE, DType.I32, Extent.ROW);
    Streams encoded = encode(masked(recorder, source), sourceRows(recorder, source, table(recorder)));
    recorder.output(FIRST, encoded.first());
    if (architecture.reversibleEncoder()) {
      recorder.output(SECOND, encoded.second());
    }
    return recorder.program();
  }

  @Override
  public Program decoder(int sourceLength) {
    Recorder recorder = new Recorder();
    Value tokens = recorder.input(TransformerLm.TOKENS, DType.I32, Extent.ROW);
    Value targetRows = targetRows(recorder, tokens, table(recorder));
    Value first = recorder.input(FIRST, DType.F32, Extent.ROW, config.width());
    Value second = architecture.reversibleEncoder() ? recorder.input(SECOND, DType.F32, Extent.ROW, config.width()) : first;
    recorder.output(TransformerLm.LOGITS, decode(recorder, new Streams(first, second), targetRows));
    return recorder.program();
  }

  private Value table(Recorder recorder) {
    return new TokenEmbedding(config.vocabularySize(), config.width()).table(recorder.scope("embedding"));
  }

  private Recorder masked(Recorder recorder, Value source) {
    return recorder.masked(recorder.apply(new NotEqual(config.paddingId()), source));
  }

  private Value sourceRows(Recorder recorder, Value source, Value table) {
    return layers.embedded(recorder, source, table, "encoder.positions");
  }

  private Value targetRows(Recorder recorder, Value tokens, Value table) {
    Value positions = recorder.apply(new TargetPositions(), recorder.rowPositions(), sourceLengths(recorder));
    return layers.embedded(recorder.at(positions), tokens, table, "positions");
  }

  private static Value sourceLengths(Recorder recorder) {
    return recorder.input(SOURCE_LENGTHS, DType.I32, Extent.SEQUENCE);
  }

  private Streams encode(Recorder recorder, Value rows) {
    List<ReversibleLayer> blocks = new ArrayList<>();
    for (int block = 0; block < architecture.source().blocks(); block++) {
      List<ReversibleLayer> steps = new ArrayList<>(List.of(
          new HalfResidual(layers.encoderAttention(block)), new Swap(), new HalfResidual(layers.feedForward(block))));
      if (architecture.encoderSwaps() == 2) {
        steps.add(new Swap());
      }
      blocks.add(new ReversibleSerial(steps).in("blocks." + block));
    }
    Streams x = run(recorder.scope("encoder"), blocks, Streams.both(rows));
    if (architecture.reversibleEncoder()) {
      return x;
    }
    Value y = new Dense(config.width()).record(recorder.scope("encoder.output"), x.mean(recorder));
    return Streams.both(outerNormalization.record(recorder.scope("encoder.final_norm"), y));
  }

  private Value decode(Recorder recorder, Streams encoded, Value targetRows) {
    Value first = behind(recorder, encoded.first(), targetRows);
    Value second = encoded.second().equals(encoded.first()) ? first : behind(recorder, encoded.second(), targetRows);
    List<ReversibleLayer> blocks = new ArrayList<>();
    for (int block = 0; block < config.blocks(); block++) {
      List<ReversibleLayer> steps = new ArrayList<>();
      for (int layer = 0; layer < architecture.attentionLayers(); layer++) {
        steps.add(new HalfResidual(layers.attention(block, "." + layer)));
        steps.add(new Swap());
      }
      steps.add(new HalfResidual(layers.feedForward(block)));
      steps.add(new Swap());
      blocks.add(new ReversibleSerial(steps).in("blocks." + block));
    }
    Streams y = run(recorder, blocks, new Streams(first, second));
    Value last = recorder.apply(new KeepLast(), y.mean(recorder));
    return layers.logits().record(recorder.scope("logits"), outerNormalization.record(recorder.scope("final_norm"), last));
  }

  /** The source's rows where they stand, and the target's behind them. */
  private static Value behind(Recorder recorder, Value source, Value target) {
    Value positions = recorder.rowPositions();
    Value lengths = sourceLengths(recorder);
    return recorder.apply(new Add(), recorder.apply(new SourceRows(true), source, positions, lengths),
        recorder.apply(new SourceRows(false), target, positions, lengths));
  }

  /** Block after block; both streams become {@code Dense((x1 + x2) / 2)} behind every {@code forgetAfter} of them but near the end. */
  private Streams run(Recorder recorder, List<ReversibleLayer> blocks, Streams x) {
    int every = architecture.forgetAfter();
    Streams y = x;
    for (int block = 0; block < blocks.size(); block++) {
      y = blocks.get(block).record(recorder, y);
      if (every > 0 && (block + 1) % every == 0 && blocks.size() - (block + 1) > 1) {
        y = Streams.both(new Dense(config.width()).record(recorder.scope("forget." + block), y.mean(recorder)));
      }
    }
    return y;
  }
}
