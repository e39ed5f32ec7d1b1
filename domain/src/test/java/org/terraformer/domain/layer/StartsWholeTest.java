package org.terraformer.domain.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.terraformer.domain.config.LayerSpec;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.recording.Source;
import org.terraformer.ports.tensor.DType;

/** Which layers need the rows that a sequence starts with in one run. */
class StartsWholeTest {
  private static final LayerTypes TYPES = new LayerTypes(BuiltInLayerTypes.all());

  private static boolean startsWhole(LayerRole role, String type, Map<String, Object> options) {
    Recorder recorder = new Recorder();
    Value x = recorder.input("x", DType.F32, Extent.ROW, 16);
    Value mask = recorder.input("mask", DType.I32, Extent.ROW);
    TYPES.create(role, new LayerSpec("layer", type, options), new LayerContext(16, 24, 8, new LayerNormalization(true, 1e-6)))
        .record(recorder.masked(mask).reading(new Source.Rows(x, mask)), x);
    return recorder.program().startsWhole();
  }

  private static Set<String> startingWhole(LayerRole role) {
    return TYPES.names(role).stream()
        .filter(type -> startsWhole(role, type, type.equals("low_rank") ? Map.of("heads", 2, "low_rank", 2) : Map.of("heads", 2)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void ofCausalAttentionsThoseThatHash() {
    assertThat(startingWhole(LayerRole.ATTENTION)).containsExactly("lsh", "pure_lsh");
  }

  @Test
  void allAttentionsOfEncoders() {
    assertThat(startingWhole(LayerRole.ENCODER_ATTENTION)).containsExactlyElementsOf(new TreeSet<>(TYPES.names(LayerRole.ENCODER_ATTENTION)));
    assertThat(startsWhole(LayerRole.ENCODER_ATTENTION, "favor", Map.of("heads", 2, "random_features", 4))).isTrue();
  }

  @Test
  void noOtherLayers() {
    assertThat(startsWhole(LayerRole.RECURRENCE, "simple_recurrent_unit", Map.of("units", 4))).isFalse();
    assertThat(startsWhole(LayerRole.FEED_FORWARD, "sparse", Map.of("hidden_size", 8, "block_size", 2))).isFalse();
  }
}
