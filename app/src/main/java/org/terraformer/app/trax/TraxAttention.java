package org.terraformer.app.trax;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.terraformer.ports.failure.InvalidInputException;

/** trax's attention classes as layers of a configuration. Arguments that matter in training, in an encoder or to memory alone are passed over. */
public final class TraxAttention {
  private static final Set<String> WITHOUT_MEANING_HERE =
      Set.of("dropout", "attention_dropout", "output_dropout", "force_no_dropout", "mode", "max_inference_length", "d_feature", "n_heads",
          "causal", "masked", "n_chunks_after", "n_parallel_heads", "use_python_loop", "use_reference_code", "max_length_for_buckets",
          "predict_mem_len", "predict_drop_len", "lsh_seed");

  /** What a wrapper's dense and its sparse projections do not have; trax gives each both. */
  private static final Map<Object, Set<String>> OF_OTHER_PROJECTIONS =
      Map.of("dense", Set.of("modules"), "sparse", Set.of("biased", "rotary"));

  /** Stands for no option: heads of a wrapper have the width divided by their number. */
  private static final String NONE = "";
  private static final Map<String, String> AFTER = Map.of("n_chunks_after", "chunks_after");
  private static final Map<String, String> BY_HEAD = Map.of("d_qk", "key_size", "d_v", "value_size");
  private static final Map<String, String> CHUNKS = Map.of("chunk_len", "chunk_length", "n_chunks_before", "chunks_before");
  private static final Map<String, String> HASHING = joined(CHUNKS, Map.of("n_hashes", "hashes", "n_buckets", "buckets"));
  private static final Map<String, String> WRAPPER = joined(HASHING, Map.of("weights_format", "projections",
      "num_weights", "share_query_key", "bias", "biased", "rotary_position_emb", "rotary", "sparsity", "modules", "d_qk", NONE,
      "d_v", NONE, TraxPureLsh.STANDARD_LENGTH, "standard_length"));
  private static final Map<String, String> CHUNKED = joined(joined(CHUNKS, BY_HEAD), Map.of("share_qk", "share_query_key", "bias", "biased"));

  private static final Map<String, Form> FORMS = new TreeMap<>(Map.ofEntries(
      Map.entry("CausalAttention", new Form("dense", Map.of("use_dconv", "depthwise_length"))),
      Map.entry("ModularCausalAttention", new Form("modular", Map.of("sparsity", "modules", "kernel_size", "kernel"))),
      Map.entry("MultiplicativeCausalAttention", new Form("multiplicative", Map.of("sparsity", "modules"))),
      Map.entry("MultiplicativeModularCausalAttention", new Form("multiplicative_modular", Map.of("sparsity", "modules"))),
      Map.entry("LowRankCausalAttention", new Form("low_rank", Map.of("lowrank", "low_rank"))),
      Map.entry("ConvCausalAttention", new Form("convolutional",
          Map.of("sparsity", "modules", "kernel_size", "kernel", "length_kernel_size", "kernel_length"))),
      Map.entry("MultiplicativeConvCausalAttention", new Form("sparse_qkv", Map.of("sparsity", "modules",
          "length_kernel_size", "kernel_length", "share_qk", "share_query_key",
          "v_concat_type", "value_input", "output_layer_type", "output"))),
      Map.entry("CausalFavor", new Form("favor", Map.of())),
      Map.entry("SelfAttention", new Form("chunked", CHUNKED)),
      Map.entry("LSHSelfAttention", new Form("lsh", joined(HASHING, BY_HEAD))),
      Map.entry(TraxPureLsh.WRAPPER, new Form("pure_lsh", WRAPPER))));

  private static final Map<String, Form> ENCODER_FORMS = new TreeMap<>(Map.of(
      "Attention", new Form("dense", Map.of()),
      "Favor", new Form("favor", Map.of()),
      "SelfAttention", new Form("chunked", joined(CHUNKED, AFTER)),
      "LSHSelfAttention", new Form("lsh", joined(joined(HASHING, BY_HEAD), AFTER)),
      TraxPureLsh.WRAPPER, new Form("pure_lsh", joined(WRAPPER, AFTER))));

  private static final Map<String, Map<Object, Object>> VALUES = Map.of(
      "use_dconv", Map.of(true, 3, false, 0),
      "weights_format", Map.of("model", "dense", "sparse", "sparse"),
      "num_weights", Map.of(2, true, 3, false),
      "v_concat_type", Map.of("none", "multiplicative", "fixed", "concatenated_modules", "original", "concatenated"),
      "output_layer_type", Map.of("none", "none", "mult", "multiplicative", "conv", "convolutional",
          "multconv", "multiplicative_convolutional"));

  private TraxAttention() {}

  /**
   * The layer type that a class is here.
   *
   * @param options the type's options by the class's arguments
   */
  private record Form(String type, Map<String, String> options) {}

  /**
   * The attention layer of a trax class with its own constructor arguments.
   *
   * @throws InvalidInputException if the class or an argument is unknown
   */
  public static Map<String, Object> layer(String simpleName, int heads, Map<String, Object> arguments) {
    return layer("attention_type", simpleName, heads, arguments);
  }

  /** The attention layer of an encoder. */
  static Map<String, Object> encoderLayer(String argument, String simpleName, int heads, Map<String, Object> arguments) {
    return layer(ENCODER_FORMS, argument, simpleName, heads, arguments);
  }

  /**
   * As {@link #layer(String, int, Map)}.
   *
   * @param argument the model's argument that names the class
   */
  static Map<String, Object> layer(String argument, String simpleName, int heads, Map<String, Object> arguments) {
    return layer(FORMS, argument, simpleName, heads, arguments);
  }

  private static Map<String, Object> layer(Map<String, Form> forms, String argument, String simpleName, int heads,
      Map<String, Object> given) {
    Form form = forms.get(simpleName);
    if (form == null) {
      throw TraxConfiguration.wrong(argument, simpleName, "one of " + String.join(", ", forms.keySet()));
    }
    Map<String, Object> arguments = simpleName.equals(TraxPureLsh.WRAPPER) ? TraxPureLsh.joined(given) : given;
    Map<String, Object> layer = new LinkedHashMap<>();
    layer.put("type", form.type);
    layer.put("heads", heads);
    arguments.forEach((name, value) -> {
      String option = form.options.get(name);
      if (option == null) {
        requireWithoutMeaning(simpleName, name, form.options.keySet());
        return;
      }
      Object here = value(name, value);
      boolean none = here == null || here.equals(0) && !option.startsWith("chunks_");
      if (!none && !option.equals(NONE)) {
        layer.put(option, here);
      }
    });
    if (form.type.equals("pure_lsh")) {
      layer.putIfAbsent("modules", TraxPureLsh.DEFAULT_SPARSITY);
      layer.keySet().removeAll(OF_OTHER_PROJECTIONS.get(layer.getOrDefault("projections", "dense")));
    }
    return layer;
  }

  /** Refuses an argument of a class that has a meaning, but none that is known here. */
  static void requireWithoutMeaning(String simpleName, String argument, Set<String> known) {
    if (!WITHOUT_MEANING_HERE.contains(argument)) {
      throw InvalidInputException.of("The trax argument %s of %s is unknown; known are %s.", argument, simpleName,
          String.join(", ", new TreeSet<>(known)));
    }
  }

  private static Map<String, String> joined(Map<String, String> first, Map<String, String> second) {
    Map<String, String> all = new LinkedHashMap<>(first);
    all.putAll(second);
    return all;
  }

  private static Object value(String name, Object value) {
    Map<Object, Object> values = VALUES.get(name);
    if (values == null || value == null) {
      return value;
    }
    if (!values.containsKey(value)) {
      throw TraxConfiguration.wrong(name, value,
          "one of " + String.join(", ", new TreeSet<>(values.keySet().stream().map(String::valueOf).toList())));
    }
    return values.get(value);
  }
}
