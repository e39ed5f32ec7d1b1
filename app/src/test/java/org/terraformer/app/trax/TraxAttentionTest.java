package org.terraformer.app.trax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.terraformer.domain.config.LayerSpec;
import org.terraformer.domain.layer.LayerContext;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.ports.failure.InvalidInputException;

/** The attention classes of trax's Terraformer as layer types here. */
class TraxAttentionTest {
  private static final LayerContext CONTEXT = new LayerContext(16, 10, 64, (recorder, x) -> x);

  @Test
  void hashingIsConfiguredByTheArgumentsOfItsClass() {
    Map<String, Object> arguments = new LinkedHashMap<>(Map.of("d_qk", 8, "d_v", 4, "causal", true, "masked", false, "n_hashes", 2,
        "n_buckets", List.of(32, 32), "chunk_len", 16, "n_chunks_after", 0, "attention_dropout", 0.1, "n_parallel_heads", 1));
    assertThat(created("LSHSelfAttention", arguments)).containsEntry("type", "lsh").containsEntry("heads", 2).containsEntry("key_size", 8)
        .containsEntry("value_size", 4).containsEntry("hashes", 2).containsEntry("buckets", List.of(32, 32)).containsEntry("chunk_length", 16)
        .hasSize(7);
  }

  @Test
  void aWrapperOfHashingHasDenseOrSparseProjections() {
    Map<String, Object> dense = Map.of("num_weights", 2, "sparsity", 4, "bias", false, "pure_lsh_implementation", "@tl.PureLSHSelfAttention");
    assertThat(created("PureLSHSelfAttentionWrapper", dense)).isEqualTo(
        Map.of("type", "pure_lsh", "heads", 2, "share_query_key", true, "biased", false));
    assertThat(created("PureLSHSelfAttentionWrapper", Map.of("weights_format", "sparse"))).containsEntry("modules", 16);
    Map<String, Object> sparse = Map.of("weights_format", "sparse", "num_weights", 3, "sparsity", 4, "bias", true, "d_qk", 8);
    assertThat(created("PureLSHSelfAttentionWrapper", sparse)).isEqualTo(
        Map.of("type", "pure_lsh", "heads", 2, "projections", "sparse", "share_query_key", false, "modules", 4));
  }

  @Test
  void fullAttentionByHeadAndFavorAreKnown() {
    assertThat(created("SelfAttention", Map.of("d_qk", 8, "share_qk", true, "bias", true, "predict_mem_len", 9)))
        .isEqualTo(Map.of("type", "chunked", "heads", 2, "key_size", 8, "share_query_key", true, "biased", true));
    assertThat(created("CausalFavor", Map.of("dropout", 0.1))).isEqualTo(Map.of("type", "favor", "heads", 2));
  }

  @Test
  void whatTheClassBehindAWrapperIsBoundToCountsWhereTheWrapperIsSilent() {
    Map<String, Object> wrapper = new LinkedHashMap<>(Map.of("n_hashes", 2));
    wrapper.put("n_buckets", null);
    Map<String, Object> own = Map.of("n_hashes", 4, "n_buckets", 128, "chunk_len", 16, "bias", false, "mode", "train");
    assertThat(wrapped(wrapper, "PureLSHSelfAttention", own))
        .isEqualTo(Map.of("type", "pure_lsh", "heads", 2, "hashes", 2, "chunk_length", 16));
  }

  @Test
  void mixedHashingAttendsPlainlyUpToItsStandardLength() {
    Map<String, Object> mixed = Map.of("type", "pure_lsh", "heads", 2, "standard_length", 8, "hashes", 4);
    assertThat(wrapped(Map.of("n_hashes", 4), "MixedLSHSelfAttention", Map.of("std_length", 8))).isEqualTo(mixed);
    assertThat(wrapped(Map.of("std_length", 8), "MixedLSHSelfAttention", Map.of("n_hashes", 4))).isEqualTo(mixed);
  }

  @Test
  void whatTheClassBehindAWrapperDoesNotHaveIsRefused() {
    assertThatThrownBy(() -> wrapped(Map.of("std_length", 8), "PureLSHSelfAttention", Map.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("The trax argument std_length of PureLSHSelfAttentionWrapper is for the pure_lsh_implementation "
            + "MixedLSHSelfAttention, not for PureLSHSelfAttention.");
    assertThatThrownBy(() -> wrapped(Map.of(), "PureLSHSelfAttention", Map.of("sparsity", 4)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("The trax argument sparsity of PureLSHSelfAttention is unknown; known are chunk_len, n_buckets, "
            + "n_chunks_after, n_chunks_before, n_hashes.");
  }

  private static Map<String, Object> wrapped(Map<String, Object> wrapper, String implementation, Map<String, Object> own) {
    Map<String, Object> arguments = new LinkedHashMap<>(wrapper);
    arguments.put("pure_lsh_implementation", Map.of("partial", implementation, "kwargs", own));
    return created("PureLSHSelfAttentionWrapper", arguments);
  }

  @Test
  void anotherImplementationOfHashingIsRefused() {
    assertThatThrownBy(() -> TraxAttention.layer("PureLSHSelfAttentionWrapper", 2, Map.of("pure_lsh_implementation", "@Own")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("The trax argument pure_lsh_implementation is Own but must be one of MixedLSHSelfAttention, "
            + "PureLSHSelfAttention.");
  }

  /** The options, which the layer's type takes. */
  private static Map<String, Object> created(String name, Map<String, Object> arguments) {
    Map<String, Object> layer = TraxAttention.layer(name, 2, arguments);
    Map<String, Object> options = new LinkedHashMap<>(layer);
    String type = (String) options.remove("type");
    new LayerTypes(BuiltInLayerTypes.all()).create(LayerRole.ATTENTION, new LayerSpec("attention", type, options), CONTEXT);
    return layer;
  }
}
