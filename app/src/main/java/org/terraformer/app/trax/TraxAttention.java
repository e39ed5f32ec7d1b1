package org.terraformer.app.trax;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.terraformer.ports.failure.InvalidInputException;

/** trax's causal attention classes as layers of a configuration. */
public final class TraxAttention {
  private static final Set<String> WITHOUT_MEANING_HERE =
      Set.of("dropout", "force_no_dropout", "mode", "max_inference_length", "d_feature", "n_heads");

  private static final Map<String, Form> FORMS = new TreeMap<>(Map.of(
      "CausalAttention", new Form("dense", Map.of("use_dconv", "depthwise_length")),
      "ModularCausalAttention", new Form("modular", Map.of("sparsity", "modules", "kernel_size", "kernel")),
      "MultiplicativeCausalAttention", new Form("multiplicative", Map.of("sparsity", "modules")),
      "MultiplicativeModularCausalAttention", new Form("multiplicative_modular", Map.of("sparsity", "modules")),
      "LowRankCausalAttention", new Form("low_rank", Map.of("lowrank", "low_rank")),
      "ConvCausalAttention", new Form("convolutional",
          Map.of("sparsity", "modules", "kernel_size", "kernel", "length_kernel_size", "kernel_length")),
      "MultiplicativeConvCausalAttention", new Form("sparse_qkv", Map.of("sparsity", "modules",
          "length_kernel_size", "kernel_length", "share_qk", "share_query_key",
          "v_concat_type", "value_input", "output_layer_type", "output"))));

  private static final Map<String, Map<Object, Object>> VALUES = Map.of(
      "use_dconv", Map.of(true, 3, false, 0),
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
    if (!simpleName.equals("Attention")) {
      throw TraxConfiguration.wrong(argument, simpleName, "Attention");
    }
    arguments.keySet().stream().filter(name -> !WITHOUT_MEANING_HERE.contains(name)).findFirst().ifPresent(name -> {
      throw InvalidInputException.of("The trax argument %s of %s is unknown.", name, simpleName);
    });
    Map<String, Object> layer = new LinkedHashMap<>();
    layer.put("type", "dense");
    layer.put("heads", heads);
    return layer;
  }

  /**
   * As {@link #layer(String, int, Map)}.
   *
   * @param argument the model's argument that names the class
   */
  static Map<String, Object> layer(String argument, String simpleName, int heads, Map<String, Object> arguments) {
    Form form = FORMS.get(simpleName);
    if (form == null) {
      throw TraxConfiguration.wrong(argument, simpleName, "one of " + String.join(", ", FORMS.keySet()));
    }
    Map<String, Object> layer = new LinkedHashMap<>();
    layer.put("type", form.type);
    layer.put("heads", heads);
    arguments.forEach((name, value) -> {
      if (!WITHOUT_MEANING_HERE.contains(name)) {
        String option = form.options.get(name);
        if (option == null) {
          throw InvalidInputException.of("The trax argument %s of %s is unknown; known are %s.", name, simpleName,
              String.join(", ", new TreeSet<>(form.options.keySet())));
        }
        Object here = value(name, value);
        if (here != null && !here.equals(0)) {
          layer.put(option, here);
        }
      }
    });
    return layer;
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
