package org.terraformer.app.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.domain.config.ModelConfig;

/**
 * The sizes of models that read a source: an encoder-decoder with dense layers, and the Terraformer of the same class beside it,
 * with sparse feed-forward, sparse QKV in two attention layers of a block, simple recurrent units and sparse logits. The
 * parameters that sparse attention saves go to the feed-forward layers, as in the paper.
 *
 * @param shape the sizes of the decoder
 * @param encoderBlocks blocks before it, with dense attention
 * @param units the size of the recurrent units
 */
public record SourceShape(BenchShape shape, int encoderBlocks, int units) {
  /** The contender of dense layers, which others are compared with. */
  static final String DENSE = Variant.DENSE.label();

  /** The contender of sparse layers. */
  static final String TERRAFORMER = "terraformer";

  private static final String PREFIX = "terraformer-";
  private static final Map<String, SourceShape> NAMED = new LinkedHashMap<>();

  static {
    NAMED.put(PREFIX + "tiny", new SourceShape(BenchShape.named("tiny"), 2, 8));
    NAMED.put(PREFIX + "800m", new SourceShape(BenchShape.named("800m"), 24, 32));
    NAMED.put(PREFIX + "17b", new SourceShape(BenchShape.named("17b").withBlocks(10), 2, 64));
  }

  /** Whether there is a shape of this name. */
  public static boolean known(String name) {
    return NAMED.containsKey(name);
  }

  /** All names. */
  public static List<String> names() {
    return List.copyOf(NAMED.keySet());
  }

  /** A known shape by its name. */
  public static SourceShape named(String name) {
    return NAMED.get(name);
  }

  /** The same shape with other numbers of blocks: so many in the decoder, and at most so many in the encoder. */
  public SourceShape withBlocks(int count) {
    return new SourceShape(shape.withBlocks(count), Math.min(encoderBlocks, count), units);
  }

  /** The encoder-decoder of dense layers. */
  ModelConfig dense(int maxLength) {
    Map<String, Object> map = new LinkedHashMap<>(shape.config(Variant.DENSE, maxLength).toMap());
    map.put("model_type", "encoder_decoder");
    map.put("encoder", Map.of("blocks", encoderBlocks, "attention", denseAttention()));
    map.put("cross_attention", denseAttention());
    return ModelConfig.fromMap(map);
  }

  /** The Terraformer. */
  ModelConfig terraformer(int maxLength) {
    Map<String, Object> map = new LinkedHashMap<>(shape.config(Variant.FEED_FORWARD_QKV_LOGITS, maxLength).toMap());
    map.put("model_type", "terraformer");
    map.put("attention_layers", 2);
    map.put("encoder", Map.of("blocks", encoderBlocks, "attention", denseAttention(), "reversible", true, "swaps", 2));
    map.put("recurrence", Map.of("type", "simple_recurrent_unit", "units", units));
    return ModelConfig.fromMap(map);
  }

  private Map<String, Object> denseAttention() {
    return Map.of("type", "dense", "heads", shape.heads());
  }
}
