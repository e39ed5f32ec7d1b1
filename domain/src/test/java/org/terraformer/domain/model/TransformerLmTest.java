package org.terraformer.domain.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;

class TransformerLmTest {

  private static Program record(int blocks, Map<String, Object> more) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("model_type", "transformer_lm");
    map.put("vocabulary_size", 10);
    map.put("width", 8);
    map.put("blocks", blocks);
    map.put("max_length", 6);
    map.put("attention", List.of(Map.of("type", "multiplicative", "heads", 2), Map.of("type", "dense", "heads", 2)));
    map.put("feed_forward", Map.of("type", "dense", "hidden_size", 12));
    map.putAll(more);
    return TransformerLm.record(ModelConfig.fromMap(map), new LayerTypes(BuiltInLayerTypes.all()));
  }

  @Test
  void theScopesOfTheWeightsAreThoseOfTheDocumentation() {
    Program program = record(1, Map.of("recurrence", "simple_recurrent_unit"));
    String inner = "(?<=embedding|positions|norm|attention|feed_forward|recurrence|logits)\\..*";
    assertThat(program.weights().stream().map(weight -> weight.name().replaceAll(inner, "")).distinct()).containsExactly(
        "embedding", "positions", "blocks.0.attention_norm", "blocks.0.attention", "blocks.0.feed_forward_norm",
        "blocks.0.feed_forward", "blocks.0.recurrence", "final_norm", "logits");
  }

  @Test
  void listedLayersAreCycledThroughTheBlocks() {
    Program program = record(3, Map.of());
    List<String> names = program.weights().stream().map(Value::name).toList();
    assertThat(names).contains("blocks.0.attention.query.gates", "blocks.1.attention.query.weight",
        "blocks.2.attention.query.gates");
  }

  @Test
  void aModelWithoutBlocksIsEmbeddingNormAndLogits() {
    Program program = record(0, Map.of("positions", "none"));
    assertThat(program.weights()).extracting(Value::name)
        .containsExactly("embedding.weight", "final_norm.scale", "final_norm.bias", "logits.weight", "logits.bias");
    assertThat(program.hasInput("positions")).as("without attention and positions nothing depends on the position").isFalse();
  }

  @Test
  void logitsAreComputedForTheWantedRowsAlone() {
    Value logits = record(1, Map.of()).output(TransformerLm.LOGITS);
    assertThat(logits.extent()).isEqualTo(Extent.KEPT_ROW);
    assertThat(logits.width()).isEqualTo(10);
  }

  @Test
  void recordingTwiceGivesTheSameProgram() {
    assertThat(record(2, Map.of())).isEqualTo(record(2, Map.of()));
  }

  @Test
  void theModelIsFedWithTheTokensBeforeThoseItPredicts() {
    assertThat(TransformerLm.shiftRight(new int[] {5, 6, 7}, 1)).containsExactly(1, 5, 6);
    assertThat(TransformerLm.shiftRight(new int[0], 1)).isEmpty();
  }
}
