package org.terraformer.domain.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Random valid configurations, as plain maps, of every layer type that comes with the library. */
final class ConfigMaps {
  static final int WIDTH = 48;
  static final int VOCABULARY = 36;

  private final RandomGenerator random;

  ConfigMaps(RandomGenerator random) {
    this.random = random;
  }

  Map<String, Object> next() {
    Map<String, Object> map = new LinkedHashMap<>();
    String model = pick("transformer_lm", "transformer_lm", "encoder_classifier", "encoder_decoder", "terraformer");
    map.put("model_type", model);
    map.put("vocabulary_size", VOCABULARY);
    map.put("width", WIDTH);
    map.put("blocks", random.nextInt(4));
    map.put("max_length", 24);
    sometimes(map, "normalization", layer("layer_norm", "centred", random.nextBoolean(), "epsilon", 1e-5));
    sometimes(map, "positions", positions());
    map.put("attention", oneOrSeveral(model.equals("encoder_classifier") ? this::encoderAttention : this::attention));
    map.put("feed_forward", oneOrSeveral(this::feedForward));
    sometimes(map, "recurrence", layer("simple_recurrent_unit", "units", 5, "layers", 2));
    sometimes(map, "logits", logits());
    sometimes(map, "start_id", random.nextInt(VOCABULARY));
    sometimes(map, "end_id", random.nextInt(VOCABULARY));
    sometimes(map, "padding_id", random.nextInt(VOCABULARY));
    sometimes(map, "tokenizer", random.nextBoolean() ? "bytes" : layer("bytes"));
    architecture(map, model);
    return map;
  }

  private void architecture(Map<String, Object> map, String model) {
    if (model.equals("encoder_classifier")) {
      map.put("classes", VOCABULARY);
    } else if (!model.equals("transformer_lm")) {
      Map<String, Object> encoder = new LinkedHashMap<>();
      encoder.put("blocks", random.nextInt(4));
      encoder.put("attention", oneOrSeveral(this::encoderAttention));
      map.put("encoder", encoder);
      if (model.equals("encoder_decoder")) {
        sometimes(encoder, "vocabulary_size", 17);
        map.put("cross_attention", pick(layer("dense", "heads", 2), layer("sparse", "heads", 2, "modules", 4),
            layer("sparse", "heads", 3, "modules", 2, "output_modules", 6)));
      } else {
        sometimes(encoder, "reversible", random.nextBoolean());
        sometimes(encoder, "swaps", pick(1, 2));
        sometimes(map, "attention_layers", pick(1, 2, 3));
        sometimes(map, "forget_after", pick(0, 1, 2));
        sometimes(map, "outer_normalization", layer("layer_norm", "centred", false));
      }
    }
  }

  private Object encoderAttention() {
    int heads = pick(1, 2, 3, 4);
    return pick(layer("dense", "heads", heads), layer("chunked", "heads", heads, "chunk_length", 4, "chunks_before", 1, "chunks_after", 1),
        layer("chunked", "heads", heads, "share_query_key", true), layer("favor", "heads", heads, "random_features", pick(0, 5)),
        layer("lsh", "heads", heads, "hashes", 2, "buckets", 4, "chunk_length", 4, "chunks_after", 1),
        layer("pure_lsh", "heads", heads, "projections", "dense", "standard_length", 5, "chunk_length", 4));
  }

  private void sometimes(Map<String, Object> map, String field, Object value) {
    if (random.nextInt(3) > 0) {
      map.put(field, value);
    }
  }

  private Object oneOrSeveral(java.util.function.Supplier<Object> layer) {
    int count = random.nextInt(4);
    if (count == 0) {
      return layer.get();
    }
    List<Object> layers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      layers.add(layer.get());
    }
    return layers;
  }

  private Object positions() {
    return pick("sin_cos", layer("learned"), layer("learned", "features", 7, "initial_amplitude", 0.1), layer("fixed_base"), "none", layer("infinite", "transform", "diag"),
        layer("axial", "shape", new ArrayList<>(List.of(4, 6)), "widths", new ArrayList<>(List.of(8, WIDTH - 8))));
  }

  private Object attention() {
    int heads = pick(1, 2, 3, 4);
    int modules = pick(1, 2, 4, 6);
    return pick(
        layer("dense", "heads", heads), layer("dense", "heads", heads, "depthwise_length", 3),
        layer("dense", "heads", heads, "rotary_base", 10_000.0),
        layer("modular", "heads", heads, "modules", modules, "kernel", 3),
        layer("multiplicative", "heads", heads, "modules", modules),
        layer("multiplicative_modular", "heads", heads, "modules", modules),
        layer("low_rank", "heads", heads, "low_rank", 5),
        layer("convolutional", "heads", heads, "modules", modules, "kernel", 1, "kernel_length", 3),
        layer("chunked", "heads", heads, "key_size", pick(3, 8), "value_size", 5, "share_query_key", random.nextBoolean(),
            "biased", random.nextBoolean()),
        layer("chunked", "heads", heads, "chunk_length", 4, "chunks_before", 1),
        layer("favor", "heads", heads),
        layer("lsh", "heads", heads, "hashes", 2, "buckets", new ArrayList<>(List.of(4, 2)), "chunk_length", 4),
        layer("lsh", "heads", heads, "key_size", 6, "value_size", 7, "buckets", 8, "chunk_length", 4, "chunks_before", 0),
        layer("pure_lsh", "heads", heads, "share_query_key", random.nextBoolean(), "biased", random.nextBoolean(), "rotary", true,
            "hashes", 4, "standard_length", 16),
        layer("pure_lsh", "heads", heads, "projections", "sparse", "modules", modules, "chunk_length", 2),
        layer("sparse_qkv", "heads", heads, "modules", modules, "kernel_length", 3, "share_query_key", random.nextBoolean(),
            "value_input", pick("multiplicative", "concatenated_modules", "concatenated"),
            "output", pick("none", "multiplicative", "convolutional", "multiplicative_convolutional")));
  }

  private Object feedForward() {
    return pick(
        layer("dense", "hidden_size", 13, "activation", pick("relu", "gelu", "fast_gelu", "sigmoid", "tanh", "softplus")),
        layer("sparse", "hidden_size", 24, "block_size", pick(1, 4, 24), "low_rank", 3,
            "multiply_by_controller", random.nextBoolean()),
        layer("sparse", "hidden_size", 24, "block_size", 3, "temperature", 0.5, "hard_probability", 1, "dropout", 0.1),
        layer("block_sparse", "hidden_size", 24, "experts", 4),
        layer("switch", "hidden_size", 24, "experts", 6));
  }

  private Object logits() {
    return pick("dense", layer("einsum"), layer("low_rank", "low_rank", 4), layer("multiplicative", "modules", 6),
        layer("local", "modules", 4), layer("local3", "modules", 3));
  }

  private static Map<String, Object> layer(String type, Object... options) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("type", type);
    for (int i = 0; i < options.length; i += 2) {
      map.put((String) options[i], options[i + 1]);
    }
    return map;
  }

  @SafeVarargs
  private <T> T pick(T... values) {
    return values[random.nextInt(values.length)];
  }
}
