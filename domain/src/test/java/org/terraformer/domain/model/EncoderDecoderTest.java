package org.terraformer.domain.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.Dense;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.layer.SourceLayer;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.MaskedAttention;
import org.terraformer.ports.operation.MemoryAttention;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.recording.Source;
import org.terraformer.ports.tensor.Shape;

class EncoderDecoderTest {

  /** Cross attention of the user's own, whose keys are the values too. */
  private record SharedMemory(int heads) implements SourceLayer {
    @Override
    public Map<String, Value> remember(Recorder recorder, Value rows) {
      return Map.of("shared", new Dense(rows.width()).record(recorder.scope("shared"), rows));
    }

    @Override
    public Value record(Recorder recorder, Value x) {
      return switch (recorder.source()) {
        case Source.Rows source -> {
          Value shared = remember(recorder, source.rows()).get("shared");
          yield recorder.apply(new MaskedAttention(heads), x, shared, shared, source.mask());
        }
        case Source.Memory source -> recorder.apply(new MemoryAttention(heads), x, source.values().get("shared"), source.values().get("shared"));
      };
    }
  }

  private static LayerTypes with(LayerType type) {
    List<LayerType> all = new ArrayList<>(BuiltInLayerTypes.all());
    all.add(type);
    return new LayerTypes(all);
  }

  private static ModelConfig config(String crossAttention) {
    Map<String, Object> map = new LinkedHashMap<>(Map.of("model_type", "encoder_decoder", "vocabulary_size", 11, "width", 8, "blocks", 2,
        "max_length", 9, "attention", Map.of("type", "dense", "heads", 2), "feed_forward", Map.of("type", "dense", "hidden_size", 4),
        "encoder", Map.of("blocks", 1, "attention", Map.of("type", "dense", "heads", 2)),
        "cross_attention", Map.of("type", crossAttention)));
    return ModelConfig.fromMap(map);
  }

  @Test
  void aCrossAttentionOfOnesOwnIsNamedInAConfiguration() {
    LayerTypes types = with(LayerType.of(LayerRole.CROSS_ATTENTION, "shared_memory", (options, context) -> new SharedMemory(4)));
    SourceModel model = SourceModel.of(config("shared_memory"), types);
    assertThat(model.encoder().outputs()).containsOnlyKeys("memory.0.shared", "memory.1.shared");
    Program decoder = model.decoder(5);
    assertThat(decoder.input("memory.1.shared").shape()).isEqualTo(Shape.of(4, 5, 2));
    assertThat(decoder.input("memory.1.shared").extent()).isEqualTo(Extent.FIXED);
    assertThat(decoder.weights()).extracting(Value::name).doesNotContain("blocks.0.cross_attention.shared.weight");
    assertThat(Models.record(config("shared_memory"), types).weights()).extracting(Value::name)
        .contains("blocks.0.cross_attention.shared.weight", "blocks.1.cross_attention.shared.bias");
  }

  @Test
  void anUnknownCrossAttentionListsTheKnownOnes() {
    assertThatThrownBy(() -> SourceModel.of(config("none"), new LayerTypes(BuiltInLayerTypes.all())))
        .isInstanceOf(InvalidInputException.class).hasMessage("The field cross_attention.type is none but must be one of dense, sparse.");
  }

  @Test
  void aCrossAttentionThatRemembersNothingOfASourceIsRefused() {
    LayerTypes types = with(LayerType.of(LayerRole.CROSS_ATTENTION, "plain", (options, context) -> (recorder, x) -> x));
    assertThatThrownBy(() -> SourceModel.of(config("plain"), types)).isInstanceOf(InvalidInputException.class)
        .hasMessage("The layer type cross_attention.plain makes layers that remember nothing of a source, which it is for.");
  }
}
