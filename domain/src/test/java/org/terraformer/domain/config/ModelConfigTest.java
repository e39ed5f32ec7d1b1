package org.terraformer.domain.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.terraformer.domain.decoding.Sampling;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.failure.InvalidInputException;

/** The sentences for every kind of mistake. */
class ModelConfigTest {
  private static final LayerTypes TYPES = new LayerTypes(BuiltInLayerTypes.all());

  private static Map<String, Object> valid() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("model_type", "transformer_lm");
    map.put("vocabulary_size", 100);
    map.put("width", 64);
    map.put("blocks", 2);
    map.put("max_length", 32);
    map.put("attention", Map.of("type", "dense", "heads", 4));
    map.put("feed_forward", Map.of("type", "sparse", "hidden_size", 256, "block_size", 16));
    return map;
  }

  private static void with(String field, Object value, String sentence) {
    Map<String, Object> map = valid();
    map.put(field, value);
    refused(map, sentence);
  }

  private static void refused(Map<String, Object> map, String sentence) {
    assertThatThrownBy(() -> TransformerLm.record(ModelConfig.fromMap(map), TYPES))
        .isInstanceOf(InvalidInputException.class).hasMessage(sentence);
  }

  @Test
  void whatIsAbsentHasTheUsualValue() {
    ModelConfig config = ModelConfig.fromMap(valid());
    assertThat(config.normalization()).isEqualTo(new LayerSpec("normalization", "layer_norm", Map.of()));
    assertThat(config.positions().type()).isEqualTo("learned");
    assertThat(config.logits().type()).isEqualTo("dense");
    assertThat(config.recurrence()).isEmpty();
    assertThat(config.startId()).isZero();
    assertThat(config.paddingId()).isZero();
    assertThat(config.endId()).isEmpty();
  }

  @Test
  void aFieldThatIsNullCountsAsAbsent() {
    Map<String, Object> map = valid();
    map.put("end_id", null);
    map.put("recurrence", null);
    assertThat(ModelConfig.fromMap(map)).isEqualTo(ModelConfig.fromMap(valid()));
    map.put("width", null);
    refused(map, "The field width is missing.");
  }

  @Test
  void layersMayBeNamedListedAndCycled() {
    Map<String, Object> map = valid();
    map.put("blocks", 3);
    map.put("positions", "sin_cos");
    map.put("attention", List.of(Map.of("type", "dense", "heads", 4), Map.of("type", "low_rank", "heads", 2)));
    ModelConfig config = ModelConfig.fromMap(map);
    assertThat(List.of(config.attentionOf(0).type(), config.attentionOf(1).type(), config.attentionOf(2).type()))
        .containsExactly("dense", "low_rank", "dense");
    assertThat(config.positions()).isEqualTo(new LayerSpec("positions", "sin_cos", Map.of()));
    assertThat(config.attention().get(1).path()).isEqualTo("attention[1]");
  }

  @Test
  void anotherKindOfModelIsRefused() {
    with("model_type", "llama", "The field model_type is llama but must be one of transformer_lm, encoder_classifier, encoder_decoder, terraformer.");
    Map<String, Object> map = valid();
    map.remove("model_type");
    refused(map, "The field model_type is missing.");
  }

  @Test
  void anUnknownFieldIsNamedWithTheOneThatMayBeMeantAndTheAllowedOnes() {
    with("start_ids", 1,
        "The field start_ids is unknown (did you mean start_id?); allowed are model_type, vocabulary_size, width, blocks, "
        + "max_length, normalization, positions, attention, feed_forward, recurrence, logits, start_id, end_id, padding_id, tokenizer, generation.");
    with("attention", Map.of("type", "dense", "heads", 4, "rotary_bas", 1),
        "The field attention.rotary_bas is unknown (did you mean rotary_base?); "
            + "allowed are heads, rotary_base, depthwise_length.");
    with("attention", Map.of("type", "dense", "heads", 4, "dropout", 0.1),
        "The field attention.dropout is unknown; allowed are heads, rotary_base, depthwise_length.");
    with("positions", Map.of("type", "sin_cos", "base", 1), "The field positions.base is unknown; allowed are random_start.");
  }

  @Test
  void howAModelGeneratesIsReadBackAsItWasWritten() {
    assertThat(ModelConfig.fromMap(valid()).generation()).isEqualTo(Generation.DEFAULT);
    Map<String, Object> map = valid();
    map.put("generation",
        Map.of("temperature", 0.7, "top_k", 40, "repetition_penalty", 1.1, "max_tokens", 100, "source_tokens", 30));
    ModelConfig config = ModelConfig.fromMap(map);
    assertThat(config.generation()).isEqualTo(
        new Generation(new Sampling(0.7, 40, 1, 0, 1.1), OptionalInt.of(100), OptionalInt.of(30)));
    assertThat(ModelConfig.fromMap(config.toMap())).isEqualTo(config);
    with("generation", Map.of("temperature", -1), "The field generation.temperature is -1 but must be a number from 0 to 100.");
    with("generation", Map.of("max_tokens", 0), "The field generation.max_tokens is 0 but must be a whole number from 1 to 1000000.");
    with("generation", Map.of("topk", 4), "The field generation.topk is unknown (did you mean top_k?); allowed are temperature, top_k, top_p, "
        + "min_p, repetition_penalty, max_tokens, source_tokens.");
  }

  @Test
  void aMissingFieldIsNamedWithItsMisspelling() {
    with("feed_forward", Map.of("type", "sparse", "hidden_size", 256), "The field feed_forward.block_size is missing.");
    with("feed_forward", Map.of("type", "sparse", "hidden_size", 256, "blocksize", 16),
        "The field feed_forward.block_size is missing (is blocksize a misspelling of it?).");
  }

  @Test
  void aWrongTypeIsNamedWithItsValue() {
    with("width", "64", "The field width is 64 but must be a whole number from 1 to 10000000.");
    with("width", 64.0, "The field width is 64 but must be a whole number from 1 to 10000000.");
    with("width", true, "The field width is true but must be a whole number from 1 to 10000000.");
    with("attention", 5, "The field attention is 5 but must be the name of a layer type, or an object with a type.");
    with("attention", List.of(), "The field attention is [] but must be an object with a type, or a list of such.");
    with("attention", Arrays.asList("dense", null),
        "The field attention[1] is null but must be the name of a layer type, or an object with a type.");
    with("attention", Map.of("heads", 4), "The field attention.type is missing.");
    with("attention", Map.of("type", 4), "The field attention.type is 4 but must be the name of a layer type.");
    with("normalization", Map.of("type", "layer_norm", "centred", "yes"),
        "The field normalization.centred is yes but must be true or false.");
    with("normalization", Map.of("type", "layer_norm", "epsilon", "small"),
        "The field normalization.epsilon is small but must be a number from 1.0E-12 to 1.");
    with("positions", Map.of("type", "axial", "shape", 4, "widths", List.of(64)),
        "The field positions.shape is 4 but must be a list of 1 to 16 whole numbers.");
    with("positions", Map.of("type", "axial", "shape", List.of(4, "8"), "widths", List.of(32, 32)),
        "The field positions.shape[1] is 8 but must be a whole number from 1 to 10000000.");
    with("feed_forward", Map.of("type", "dense", "hidden_size", 8, "activation", "swish"),
        "The field feed_forward.activation is swish but must be one of relu, gelu, fast_gelu, sigmoid, tanh, softplus.");
  }

  @Test
  void aNumberOutOfRangeIsNamedWithItsRange() {
    with("width", 0, "The field width is 0 but must be a whole number from 1 to 10000000.");
    with("blocks", -1, "The field blocks is -1 but must be a whole number from 0 to 1000.");
    with("start_id", 100, "The field start_id is 100 but must be a whole number from 0 to 99.");
    with("end_id", -1, "The field end_id is -1 but must be a whole number from 0 to 99.");
    with("attention", Map.of("type", "dense", "heads", 4, "rotary_base", 0.5),
        "The field attention.rotary_base is 0.5 but must be 0 (none) or from 1.");
    with("attention", Map.of("type", "modular", "heads", 4, "kernel", 2), "The field attention.kernel is 2 but must be odd.");
  }

  @Test
  void giganticNumbersAreRefusedLikeOthers() {
    with("width", Integer.MAX_VALUE, "The field width is 2147483647 but must be a whole number from 1 to 10000000.");
    with("vocabulary_size", 1_000_000_000_000L,
        "The field vocabulary_size is 1000000000000 but must be a whole number from 1 to 10000000.");
    with("width", new BigInteger("123456789012345678901234567890"),
        "The field width is 123456789012345678901234567890 but must be a whole number from 1 to 10000000.");
  }

  @Test
  void aModelTooLargeForAnyMachineIsRefusedBeforeAnythingIsAllocated() {
    Map<String, Object> map = valid();
    map.put("vocabulary_size", 10_000_000);
    map.put("width", 10_000_000);
    refused(map, "The weight embedding.weight has shape [10000000, 10000000] but may have at most 4398046511104 elements.");
    map.put("vocabulary_size", 100);
    map.put("width", 100_000);
    map.put("attention", Map.of("type", "multiplicative", "heads", 1, "modules", 100_000));
    refused(map, "The value blocks.0.attention.query.gate has shape [100000, 100000] but may have at most 2147483647 elements.");
    map.put("width", 10_000_000);
    map.put("attention", Map.of("type", "convolutional", "heads", 1, "modules", 10, "kernel", 1001, "kernel_length", 1000));
    refused(map, "The weight blocks.0.attention.query.weight has shape [1000000, 1000, 1001, 1000000] "
        + "but may have at most 4398046511104 elements.");
  }

  @Test
  void sizesThatMustDivideAreNamedWithBothNumbers() {
    with("attention", Map.of("type", "dense", "heads", 5), "The field attention.heads is 5 but must divide the width 64.");
    with("attention", Map.of("type", "sparse_qkv", "heads", 4, "modules", 7),
        "The field attention.modules is 7 but must divide the width 64.");
    with("attention", Map.of("type", "dense", "heads", 64, "rotary_base", 10_000),
        "The field attention.heads is 64 but must give heads of even width for rotary positions.");
    with("feed_forward", Map.of("type", "sparse", "hidden_size", 256, "block_size", 7),
        "The field feed_forward.block_size is 7 but must divide the hidden size 256.");
    with("feed_forward", Map.of("type", "switch", "hidden_size", 256, "experts", 7),
        "The field feed_forward.experts is 7 but must divide the hidden size 256.");
    with("logits", Map.of("type", "multiplicative", "modules", 8),
        "The field logits.modules is 8 but must divide the vocabulary size 100.");
    with("logits", Map.of("type", "local", "modules", 5), "The field logits.modules is 5 but must divide the width 64.");
  }

  @Test
  void anUnknownLayerTypeListsTheKnownOnes() {
    with("feed_forward", Map.of("type", "dnese"),
        "The field feed_forward.type is dnese but must be one of block_sparse, dense, sparse, switch.");
    with("attention", List.of(Map.of("type", "dense", "heads", 4), "reformer"),
        "The field attention[1].type is reformer but must be one of chunked, convolutional, dense, favor, low_rank, lsh, modular, "
            + "multiplicative, multiplicative_modular, pure_lsh, sparse_qkv.");
  }

  @Test
  void attentionByHashingIsRefusedWithWrongNumbersOfBuckets() {
    with("attention", Map.of("type", "lsh", "heads", 4, "buckets", 7),
        "The field attention.buckets is 7 but must be even, with a product of at most 1048576.");
    with("attention", Map.of("type", "lsh", "heads", 4, "buckets", List.of(4, 3)),
        "The field attention.buckets is [4, 3] but must be even, with a product of at most 1048576.");
    with("attention", Map.of("type", "pure_lsh", "heads", 4, "projections", "sparse", "rotary", true),
        "The field attention.rotary is unknown; allowed are standard_length, chunk_length, hashes, buckets, chunks_before, projections, "
            + "heads, modules, share_query_key, kernel_scaling.");
    with("attention", Map.of("type", "chunked", "heads", 4, "chunks_before", 1),
        "The field attention.chunks_before is 1 but needs a chunk_length.");
  }

  @Test
  void aLayerThatNoBlockUsesIsCheckedToo() {
    Map<String, Object> map = valid();
    map.put("blocks", 0);
    map.put("attention", Map.of("type", "dense", "heads", 5));
    refused(map, "The field attention.heads is 5 but must divide the width 64.");
  }

  @Test
  void longAndBrokenValuesAreShownShortAndOnOneLine() {
    with("width", "a\nb\u2028c", "The field width is a?b?c but must be a whole number from 1 to 10000000.");
    with("width", "x".repeat(1000),
        "The field width is " + "x".repeat(57) + "... but must be a whole number from 1 to 10000000.");
    with("positions", Map.of("type", "none", "y".repeat(1000), 1),
        "The field positions." + "y".repeat(37) + "... is unknown; none is allowed here.");
  }

  @Test
  void emptyNamesAndValuesAreShownInQuotes() {
    with("width", "", "The field width is \"\" but must be a whole number from 1 to 10000000.");
    with("positions", Map.of("type", "none", "", 1), "The field positions.\"\" is unknown; none is allowed here.");
  }

  @Test
  void aConfigurationMadeInCodeIsCheckedToo() {
    LayerSpec any = new LayerSpec("any", "dense", Map.of());
    assertThatThrownBy(() -> new ModelConfig(10, 0, 1, 1, any, any, List.of(any), List.of(any), Optional.empty(), any, 0,
        OptionalInt.empty(), 0, Optional.empty())).isInstanceOf(InvalidInputException.class)
        .hasMessage("The field width is 0 but must be a whole number from 1 to 10000000.");
    assertThatThrownBy(() -> new ModelConfig(10, 1, 1, 1, any, any, List.of(any), List.of(), Optional.empty(), any, 0,
        OptionalInt.empty(), 0, Optional.empty())).isInstanceOf(InvalidInputException.class)
        .hasMessage("The field feed_forward is [] but must be a layer or a list of layers.");
    assertThatThrownBy(() -> new ModelConfig(10, 1, 1, 1, any, any, List.of(any), List.of(any), Optional.empty(), any, 0,
        OptionalInt.of(10), 0, Optional.empty())).isInstanceOf(InvalidInputException.class)
        .hasMessage("The field end_id is 10 but must be a whole number from 0 to 9.");
  }
}
