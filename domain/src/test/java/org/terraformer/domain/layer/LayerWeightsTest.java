package org.terraformer.domain.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.terraformer.domain.layer.LayerRole.ATTENTION;
import static org.terraformer.domain.layer.LayerRole.CROSS_ATTENTION;
import static org.terraformer.domain.layer.LayerRole.ENCODER_ATTENTION;
import static org.terraformer.domain.layer.LayerRole.FEED_FORWARD;
import static org.terraformer.domain.layer.LayerRole.LOGITS;
import static org.terraformer.domain.layer.LayerRole.NORMALIZATION;
import static org.terraformer.domain.layer.LayerRole.POSITIONS;
import static org.terraformer.domain.layer.LayerRole.RECURRENCE;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.terraformer.domain.config.LayerSpec;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.recording.Source;
import org.terraformer.ports.tensor.DType;

/** The names and shapes of the weights of every layer type: what a checkpoint must hold, in the order of the reference. */
class LayerWeightsTest {
  private static final int WIDTH = 16;
  private static final int VOCABULARY = 24;
  private static final int MAX_LENGTH = 6;
  private static final LayerTypes TYPES = new LayerTypes(BuiltInLayerTypes.all());

  static Stream<Arguments> layers() {
    return Stream.of(
        layer(NORMALIZATION, "layer_norm", Map.of(), "scale [16]", "bias [16]"),
        layer(NORMALIZATION, "layer_norm", Map.of("centred", false), "scale [16]"),
        layer(POSITIONS, "none", Map.of()),
        layer(POSITIONS, "sin_cos", Map.of()),
        layer(POSITIONS, "learned", Map.of(), "weight [6, 16]"),
        layer(POSITIONS, "learned", Map.of("features", 5), "weight [6, 5]", "projection [16, 5]"),
        layer(POSITIONS, "infinite", Map.of(), "weight [16, 16]"),
        layer(POSITIONS, "infinite", Map.of("transform", "diag"), "scale [16]"),
        layer(POSITIONS, "infinite", Map.of("transform", "none")),
        layer(POSITIONS, "fixed_base", Map.of(), "weight [8, 2, 1, 4]", "start [16, 1]"),
        layer(POSITIONS, "axial", Map.of("shape", List.of(2, 3), "widths", List.of(4, 12)), "axes.0.weight [2, 4]",
            "axes.1.weight [3, 12]"),
        layer(ATTENTION, "dense", Map.of("heads", 2), "query.weight [16, 16]", "query.bias [16]",
            "key.weight [16, 16]", "key.bias [16]", "value.weight [16, 16]", "value.bias [16]", "output.weight [16, 16]",
            "output.bias [16]"),
        layer(ATTENTION, "dense", Map.of("heads", 2, "depthwise_length", 3), "query.weight [16, 16]",
            "query.bias [16]", "query.depthwise.weight [3, 16]", "key.weight [16, 16]", "key.bias [16]",
            "key.depthwise.weight [3, 16]", "value.weight [16, 16]", "value.bias [16]", "value.depthwise.weight [3, 16]",
            "output.weight [16, 16]", "output.bias [16]"),
        layer(ATTENTION, "dense", Map.of("heads", 2, "rotary_base", 100), "query.weight [16, 16]", "query.bias [16]",
            "key.weight [16, 16]", "key.bias [16]", "value.weight [16, 16]", "value.bias [16]", "output.weight [16, 16]",
            "output.bias [16]"),
        layer(ATTENTION, "modular", Map.of("heads", 2, "modules", 4, "kernel", 3), "query.weight [4, 4, 3, 4]",
            "query.bias [16]", "key.weight [4, 4, 3, 4]", "key.bias [16]", "value.weight [4, 4, 3, 4]", "value.bias [16]",
            "output.weight [4, 4, 3, 4]", "output.bias [16]"),
        layer(ATTENTION, "multiplicative", Map.of("heads", 2, "modules", 4), "query.gates [4, 16]",
            "query.projection [4, 16]", "query.bias [16]", "key.gates [4, 16]", "key.projection [4, 16]", "key.bias [16]",
            "value.gates [4, 16]", "value.projection [4, 16]", "value.bias [16]", "output.gates [4, 16]",
            "output.projection [4, 16]", "output.bias [16]"),
        layer(ATTENTION, "multiplicative_modular", Map.of("heads", 2, "modules", 4), "query.gates [4, 16]",
            "query.projection [4, 16]", "query.modules [4, 4, 1, 4]", "query.bias [16]", "key.gates [4, 16]",
            "key.projection [4, 16]", "key.modules [4, 4, 1, 4]", "key.bias [16]", "value.gates [4, 16]",
            "value.projection [4, 16]", "value.modules [4, 4, 1, 4]", "value.bias [16]", "output.gates [4, 16]",
            "output.projection [4, 16]", "output.modules [4, 4, 1, 4]", "output.bias [16]"),
        layer(ATTENTION, "low_rank", Map.of("heads", 2, "low_rank", 3), "query.down.weight [3, 16]",
            "query.down.bias [3]", "query.up.weight [16, 3]", "query.up.bias [16]", "key.down.weight [3, 16]",
            "key.down.bias [3]", "key.up.weight [16, 3]", "key.up.bias [16]", "value.down.weight [3, 16]",
            "value.down.bias [3]", "value.up.weight [16, 3]", "value.up.bias [16]", "output.down.weight [3, 16]",
            "output.down.bias [3]", "output.up.weight [16, 3]", "output.up.bias [16]"),
        layer(ATTENTION, "convolutional", Map.of("heads", 2, "modules", 4, "kernel", 3, "kernel_length", 2),
            "query.weight [4, 2, 3, 4]", "query.bias [4]", "key.weight [4, 2, 3, 4]", "key.bias [4]",
            "value.weight [4, 2, 3, 4]", "value.bias [4]", "output.weight [4, 2, 3, 4]", "output.bias [4]"),
        layer(ATTENTION, "sparse_qkv", Map.of("heads", 2, "modules", 4), "multiplicative.gates [4, 16]",
            "multiplicative.projection [4, 16]", "multiplicative.bias [16]", "query.weight [4, 3, 3, 4]", "query.bias [4]",
            "key.weight [4, 3, 3, 4]", "key.bias [4]", "value.weight [4, 3, 1, 4]", "value.bias [4]"),
        layer(ATTENTION, "sparse_qkv",
            Map.of("heads", 2, "modules", 4, "kernel_length", 2, "share_query_key", true,
                "value_input", "concatenated_modules", "output", "multiplicative"),
            "multiplicative.gates [4, 16]", "multiplicative.projection [4, 16]", "multiplicative.bias [16]",
            "query_key.weight [4, 2, 3, 4]", "query_key.bias [4]", "value.weight [4, 2, 1, 8]", "value.bias [4]",
            "output.multiplicative.gates [4, 16]", "output.multiplicative.projection [4, 16]",
            "output.multiplicative.bias [16]"),
        layer(ATTENTION, "sparse_qkv",
            Map.of("heads", 2, "modules", 4, "value_input", "concatenated", "output", "multiplicative_convolutional"),
            "multiplicative.gates [4, 16]", "multiplicative.projection [4, 16]", "multiplicative.bias [16]",
            "query.weight [4, 3, 3, 4]", "query.bias [4]", "key.weight [4, 3, 3, 4]", "key.bias [4]",
            "value.weight [4, 3, 1, 8]", "value.bias [4]", "output.multiplicative.gates [4, 16]",
            "output.multiplicative.projection [4, 16]", "output.multiplicative.bias [16]",
            "output.convolution.weight [4, 3, 3, 4]", "output.convolution.bias [4]"),
        layer(ATTENTION, "sparse_qkv", Map.of("heads", 2, "modules", 1, "share_query_key", true, "output", "convolutional"),
            "multiplicative.gates [1, 16]", "multiplicative.projection [16, 16]", "multiplicative.bias [16]",
            "query_key.weight [16, 16]", "query_key.bias [16]", "value.weight [16, 16]", "value.bias [16]",
            "output.convolution.weight [16, 16]", "output.convolution.bias [16]"),
        layer(ATTENTION, "chunked", Map.of("heads", 2, "key_size", 3, "value_size", 5, "biased", true), "query.weight [2, 3, 16]",
            "key.weight [2, 3, 16]", "value.weight [2, 5, 16]", "output.weight [2, 5, 16]", "query.bias [2, 3]", "key.bias [2, 3]",
            "value.bias [2, 5]"),
        layer(ATTENTION, "chunked", Map.of("heads", 2, "share_query_key", true, "chunk_length", 3, "chunks_before", 1),
            "query.weight [2, 8, 16]", "value.weight [2, 8, 16]", "output.weight [2, 8, 16]"),
        layer(ATTENTION, "favor", Map.of("heads", 2), "query.weight [16, 16]", "query.bias [16]", "key.weight [16, 16]",
            "key.bias [16]", "value.weight [16, 16]", "value.bias [16]", "output.weight [16, 16]", "output.bias [16]"),
        layer(ATTENTION, "lsh", Map.of("heads", 2, "key_size", 3, "hashes", 2, "buckets", List.of(4, 4)), "query.weight [2, 3, 16]",
            "value.weight [2, 8, 16]", "output.weight [2, 8, 16]"),
        layer(ATTENTION, "pure_lsh", Map.of("heads", 2, "rotary", true), "query.weight [16, 16]", "query.bias [16]",
            "key.weight [16, 16]", "key.bias [16]", "value.weight [16, 16]", "value.bias [16]", "output.weight [16, 16]",
            "output.bias [16]"),
        layer(ATTENTION, "pure_lsh", Map.of("heads", 2, "share_query_key", true, "biased", false), "query_key.weight [16, 16]",
            "value.weight [16, 16]", "output.weight [16, 16]"),
        layer(ATTENTION, "pure_lsh", Map.of("heads", 2, "projections", "sparse", "modules", 4), "multiplicative.gates [4, 16]",
            "multiplicative.projection [4, 16]", "multiplicative.bias [16]", "query.weight [4, 3, 3, 4]", "query.bias [4]",
            "key.weight [4, 3, 3, 4]", "key.bias [4]", "value.weight [4, 3, 1, 4]", "value.bias [4]"),
        layer(ENCODER_ATTENTION, "dense", Map.of("heads", 2), "query.weight [16, 16]", "query.bias [16]",
            "key.weight [16, 16]", "key.bias [16]", "value.weight [16, 16]", "value.bias [16]", "output.weight [16, 16]",
            "output.bias [16]"),
        layer(ENCODER_ATTENTION, "chunked", Map.of("heads", 2, "chunk_length", 2, "chunks_before", 1, "chunks_after", 1),
            "query.weight [2, 8, 16]", "key.weight [2, 8, 16]", "value.weight [2, 8, 16]", "output.weight [2, 8, 16]"),
        layer(ENCODER_ATTENTION, "favor", Map.of("heads", 2, "random_features", 5), "query.weight [16, 16]", "query.bias [16]",
            "key.weight [16, 16]", "key.bias [16]", "value.weight [16, 16]", "value.bias [16]", "output.weight [16, 16]",
            "output.bias [16]"),
        layer(ENCODER_ATTENTION, "lsh", Map.of("heads", 2, "chunks_after", 1), "query.weight [2, 8, 16]", "value.weight [2, 8, 16]",
            "output.weight [2, 8, 16]"),
        layer(ENCODER_ATTENTION, "pure_lsh", Map.of("heads", 2, "share_query_key", true), "query_key.weight [16, 16]",
            "query_key.bias [16]", "value.weight [16, 16]", "value.bias [16]", "output.weight [16, 16]", "output.bias [16]"),
        layer(CROSS_ATTENTION, "dense", Map.of("heads", 2), "query.weight [16, 16]", "query.bias [16]", "key.weight [16, 16]",
            "key.bias [16]", "value.weight [16, 16]", "value.bias [16]", "output.weight [16, 16]", "output.bias [16]"),
        layer(CROSS_ATTENTION, "sparse", Map.of("heads", 2, "modules", 4), "query.multiplicative.gates [4, 16]",
            "query.multiplicative.projection [4, 16]", "query.multiplicative.bias [16]", "query.convolution.weight [4, 3, 3, 4]",
            "query.convolution.bias [4]", "key.weight [16, 16]", "key.bias [16]", "value.weight [16, 16]", "value.bias [16]"),
        layer(FEED_FORWARD, "dense", Map.of("hidden_size", 5), "input.weight [5, 16]", "input.bias [5]",
            "output.weight [16, 5]", "output.bias [16]"),
        layer(FEED_FORWARD, "sparse", Map.of("hidden_size", 12, "block_size", 4, "low_rank", 2),
            "controller.down.weight [2, 16]", "controller.up.weight [12, 2]", "controller.up.bias [12]",
            "input.weight [3, 4, 1, 16]", "output.weight [3, 4, 1, 16]", "output.bias [16]"),
        layer(FEED_FORWARD, "sparse", Map.of("hidden_size", 12, "block_size", 4), "controller.down.weight [3, 16]",
            "controller.up.weight [12, 3]", "controller.up.bias [12]", "input.weight [3, 4, 1, 16]",
            "output.weight [3, 4, 1, 16]", "output.bias [16]"),
        layer(FEED_FORWARD, "block_sparse", Map.of("hidden_size", 12, "experts", 3), "router.weight [3, 16]",
            "input.weight [1, 3, 4, 16]", "output.weight [1, 3, 4, 16]", "output.bias [16]"),
        layer(FEED_FORWARD, "switch", Map.of("hidden_size", 12, "experts", 3), "router.weight [3, 16]",
            "input.weight [1, 3, 4, 16]", "output.weight [1, 3, 4, 16]", "output.bias [16]"),
        layer(RECURRENCE, "simple_recurrent_unit", Map.of("units", 5, "layers", 2), "norm.scale [16]",
            "norm.bias [16]", "input.weight [5, 16]", "input.bias [5]", "units.0.weight [15, 5]", "units.0.bias [15]",
            "units.1.weight [15, 5]", "units.1.bias [15]", "output.weight [16, 5]", "output.bias [16]"),
        layer(LOGITS, "dense", Map.of(), "weight [24, 16]", "bias [24]"),
        layer(LOGITS, "einsum", Map.of(), "kernel [24, 16]", "bias [24]"),
        layer(LOGITS, "low_rank", Map.of("low_rank", 3), "down.weight [3, 16]", "down.bias [3]", "up.weight [24, 3]",
            "up.bias [24]"),
        layer(LOGITS, "multiplicative", Map.of("modules", 4), "gates [4, 16]", "projection [6, 16]", "bias [24]"),
        layer(LOGITS, "local", Map.of("modules", 4), "weight [4, 6, 1, 4]", "bias [24]"),
        layer(LOGITS, "local3", Map.of("modules", 4), "weight [4, 6, 3, 4]", "bias [24]"),
        layer(LOGITS, "local", Map.of("modules", 1), "weight [24, 16]", "bias [24]"));
  }

  private static Arguments layer(LayerRole role, String type, Map<String, Object> options, String... weights) {
    return Arguments.of(role, type, options, List.of(weights));
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("layers")
  void aLayerHasTheWeightsThatItsDocumentationNames(LayerRole role, String type, Map<String, Object> options,
      List<String> weights) {
    Recorder recorder = new Recorder();
    Value x = recorder.input("x", DType.F32, Extent.ROW, WIDTH);
    Value mask = recorder.input("mask", DType.I32, Extent.ROW);
    Value y = TYPES.create(role, new LayerSpec("layer", type, new LinkedHashMap<>(options)),
        new LayerContext(WIDTH, VOCABULARY, MAX_LENGTH, new LayerNormalization(true, 1e-6))).record(
            recorder.masked(mask).reading(new Source.Rows(x, mask)), x);
    assertThat(recorder.program().weights().stream().map(weight -> weight.name() + " " + weight.shape())).isEqualTo(weights);
    assertThat(y.width()).isEqualTo(role == LOGITS ? VOCABULARY : WIDTH);
    assertThat(y.dtype()).isEqualTo(DType.F32);
    assertThat(y.extent()).isEqualTo(Extent.ROW);
  }

  @Test
  void everyRegisteredTypeIsAmongThese() {
    for (LayerRole role : LayerRole.values()) {
      Set<String> tested = layers().filter(layer -> layer.get()[0] == role).map(layer -> (String) layer.get()[1])
          .collect(Collectors.toCollection(TreeSet::new));
      assertThat(tested).as(role.field()).containsExactlyInAnyOrderElementsOf(TYPES.names(role));
    }
  }
}
