package org.terraformer.app.trax;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * The constructor arguments of a trax language model as a configuration. Arguments that only matter while training (dropout,
 * chunks) are accepted and left out; arguments that trax does not have are refused. An argument {@code Class.parameter} is one
 * that trax leaves to the class of a layer.
 */
public final class TraxConfiguration {
  private static final Set<String> MODELS = Set.of("TransformerLM", "ConfigurableTransformerLM");
  private static final Set<String> OF_BOTH_MODELS = Set.of("vocab_size", "d_model", "d_ff", "n_layers", "n_heads", "max_len",
      "dropout", "dropout_shared_axes", "mode", "ff_activation");
  private static final String POSITIONS = "None, 'sin-cos', 'fixed-base', 'infinite' or 'no'";
  private static final Set<String> WITHOUT_MEANING_HERE = Set.of("dropout", "dropout_shared_axes", "ff_dropout", "ff_chunk_size",
      "attention_chunk_size", "mode", "pos_start_from_zero_prob", "pos_max_offset_to_add", "loss_sparsity_prob");

  private final String model;
  private final Map<String, Object> arguments;
  private final Set<String> used = new TreeSet<>(WITHOUT_MEANING_HERE);

  private TraxConfiguration(String model, Map<String, Object> arguments) {
    this.model = model;
    this.arguments = arguments;
  }

  /**
   * @param model the class, as {@code trax.models.ConfigurableTransformerLM}
   * @param arguments its constructor arguments by name; a class with arguments of its own is a map with {@code partial}, the
   *     class, and {@code kwargs}
   * @throws InvalidInputException if the model is not a language model, or an argument is unknown or has a value without a
   *     counterpart
   */
  public static ModelConfig of(String model, Map<String, Object> arguments) {
    requireLanguageModel(model);
    return new TraxConfiguration(simpleName(model), arguments).build();
  }

  static void requireLanguageModel(String model) {
    if (!MODELS.contains(simpleName(model))) {
      throw InvalidInputException.of(
          "The trax model %s can't be imported; TransformerLM and ConfigurableTransformerLM can.", model);
    }
  }

  /** The number of arrays that a checkpoint holds beyond the model's own: those of a loss layer's dense branch. */
  public static int unusedArrays(Map<String, Object> arguments) {
    return arguments.get("loss_sparsity_prob") == null ? 0 : 2;
  }

  private ModelConfig build() {
    int heads = integer("n_heads", 8);
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("model_type", ModelConfig.MODEL_TYPE);
    map.put("vocabulary_size", argument("vocab_size"));
    map.put("width", integer("d_model", 512));
    map.put("blocks", integer("n_layers", 6));
    map.put("max_length", integer("max_len", 2048));
    Object epsilon = argument(TraxLayerArguments.NORM_EPSILON);
    if (epsilon != null) {
      map.put("normalization", layer("layer_norm", "epsilon", epsilon));
    }
    map.put("positions", positions());
    map.put("attention", attention(heads));
    map.put("feed_forward", feedForward());
    recurrence(map);
    map.put("logits", logits());
    map.put("start_id", 0);
    map.put("padding_id", 0);
    if (model.equals("TransformerLM")) {
      used.removeIf(argument -> !OF_BOTH_MODELS.contains(argument) && !argument.contains("."));
    }
    for (String argument : arguments.keySet()) {
      if (!used.contains(argument)) {
        throw InvalidInputException.of(
            "The trax argument %s of %s is unknown; known are %s.", argument, model, String.join(", ", used));
      }
    }
    map.put("vocabulary_size", integer("vocab_size", -1));
    return ModelConfig.fromMap(map);
  }

  private Map<String, Object> positions() {
    Object given = argument("pos_type");
    String type = given == null ? null : given.toString();
    Object shape = argument("pos_axial_shape");
    Object widths = argument("pos_d_axial_embs");
    Object features = argument(TraxLayerArguments.POSITION_FEATURES);
    Object drift = argument(TraxLayerArguments.INFINITE_DRIFT);
    Object transform = argument(TraxLayerArguments.INFINITE_TRANSFORM);
    return switch (type) {
      case null -> layer("learned", "features", features);
      case "sin-cos" -> layer("sin_cos");
      case "fixed-base" -> layer("fixed_base");
      case "no" -> layer("none");
      case "infinite" -> layer("infinite", "drift", drift, "transform", transform);
      case "infinite-affine", "time-bin" -> throw wrong("pos_type", type, POSITIONS + " (infinite-affine draws its origin anew "
          + "in each call, and trax can't make time-bin of a model's arguments)");
      default -> {
        if (!(shape instanceof List<?> && widths instanceof List<?>)) {
          throw wrong("pos_type", type, POSITIONS + ", or come with pos_axial_shape and pos_d_axial_embs");
        }
        yield layer("axial", "shape", shape, "widths", widths);
      }
    };
  }

  private Map<String, Object> attention(int heads) {
    Object type = argument("attention_type");
    Map<String, Object> options = Map.of();
    if (type instanceof Map<?, ?> partial) {
      type = partial.get("partial");
      options = copy(partial.get("kwargs"));
    }
    return TraxAttention.layer(type == null ? "CausalAttention" : simpleName(type.toString()), heads, options);
  }

  private Map<String, Object> feedForward() {
    int hiddenSize = integer("d_ff", 2048);
    Object activation = argument("ff_activation");
    Object sparsity = argument("ff_sparsity");
    Object typeArgument = argument("ff_sparsity_type");
    Object multiplied = argument(TraxLayerArguments.MULTIPLY_BY_CONTROLLER);
    String type = typeArgument == null ? "1inN" : typeArgument.toString();
    List<Number> numbers = sparsityNumbers(sparsity);
    if (numbers.isEmpty() || numbers.getFirst().doubleValue() == 0) {
      Map<String, Object> layer = layer("dense", "hidden_size", hiddenSize);
      if (activation != null) {
        layer.put("activation", switch (simpleName(activation.toString())) {
          case "Relu" -> "relu";
          case "Gelu" -> "gelu";
          case "FastGelu" -> "fast_gelu";
          case "Sigmoid" -> "sigmoid";
          case "Tanh" -> "tanh";
          default -> throw wrong("ff_activation", activation, "Relu, Gelu, FastGelu, Sigmoid or Tanh");
        });
      }
      return layer;
    }
    return switch (type) {
      case "1inN" -> {
        Map<String, Object> layer = layer("sparse", "hidden_size", hiddenSize, "block_size", numbers.getFirst().intValue());
        if (Boolean.TRUE.equals(multiplied)) {
          layer.put("multiply_by_controller", true);
        }
        layer.put("low_rank", numbers.size() > 1 ? numbers.get(1).intValue() : hiddenSize / numbers.getFirst().intValue());
        if (numbers.size() == 4) {
          layer.put("temperature", numbers.get(2).doubleValue());
          layer.put("hard_probability", numbers.get(3).doubleValue());
        }
        yield layer;
      }
      case "Block" -> layer("block_sparse", "hidden_size", hiddenSize, "experts", numbers.getFirst().intValue());
      case "Switch" -> layer("switch", "hidden_size", hiddenSize, "experts", numbers.getFirst().intValue());
      default -> throw wrong("ff_sparsity_type", type, "1inN, Block or Switch");
    };
  }

  /** The forms of ff_sparsity: N, (N, rank), (N, rank, temperature, quant_prob), or a string of two or four numbers. */
  private static List<Number> sparsityNumbers(Object sparsity) {
    List<Number> numbers = new ArrayList<>();
    switch (sparsity) {
      case null -> { }
      case Number number -> numbers.add(number);
      case List<?> list -> {
        for (Object element : list) {
          if (!(element instanceof Number number)) {
            throw wrong("ff_sparsity", sparsity, "made of numbers");
          }
          numbers.add(number);
        }
      }
      default -> {
        for (String word : sparsity.toString().strip().split("\\s+")) {
          try {
            numbers.add(Double.valueOf(word));
          } catch (NumberFormatException e) {
            throw wrong("ff_sparsity", sparsity, "made of numbers");
          }
        }
        if (numbers.size() == 1) {
          throw wrong("ff_sparsity", sparsity, "of two or four numbers when it is a string");
        }
      }
    }
    if (numbers.size() == 3 || numbers.size() > 4) {
      throw wrong("ff_sparsity", sparsity, "one, two or four numbers");
    }
    return numbers;
  }

  private void recurrence(Map<String, Object> map) {
    Object sru = argument("ff_use_sru");
    int layers = sru instanceof List<?> list && list.size() == 2 ? ((Number) list.get(0)).intValue()
        : sru instanceof Number number ? number.intValue() : 0;
    int units = sru instanceof List<?> list && list.size() == 2 ? ((Number) list.get(1)).intValue() : 32;
    if (layers > 0) {
      map.put("recurrence", layer("simple_recurrent_unit", "units", units, "layers", layers));
    }
  }

  private Map<String, Object> logits() {
    Object type = arguments.containsKey("loss_sparsity_type") ? argument("loss_sparsity_type") : "mult";
    used.add("loss_sparsity_type");
    int sparsity = integer("loss_sparsity", 0);
    int lowRank = integer("loss_d_lowrank", 0);
    if (sparsity == 0 || type == null || type.equals("None")) {
      return layer("dense");
    }
    return logits(type.toString(), sparsity, lowRank);
  }

  /** The loss layer of a sparsity type other than none. */
  public static Map<String, Object> logits(String type, int sparsity, int lowRank) {
    return switch (type) {
      case "mult" -> layer("multiplicative", "modules", sparsity);
      case "lowrank" -> layer("low_rank", "low_rank", lowRank);
      case "einsum" -> layer("einsum");
      case "local" -> layer("local", "modules", sparsity);
      case "local3" -> layer("local3", "modules", sparsity);
      default -> throw wrong("loss_sparsity_type", type, "mult, lowrank, einsum, local, local3 or None");
    };
  }

  private Object argument(String name) {
    used.add(name);
    return arguments.get(name);
  }

  private int integer(String name, int otherwise) {
    Object value = argument(name);
    if (value == null) {
      if (otherwise < 0) {
        throw InvalidInputException.of("The trax argument %s is missing; a gin file or --set %s=VALUE can give it.", name, name);
      }
      return otherwise;
    }
    if (value instanceof Number number && number.doubleValue() == number.intValue() && number.intValue() >= 0) {
      return number.intValue();
    }
    throw wrong(name, value, "a whole number that is not negative");
  }

  private static Map<String, Object> layer(String type, Object... options) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("type", type);
    for (int i = 0; i < options.length; i += 2) {
      if (options[i + 1] != null) {
        map.put((String) options[i], options[i + 1]);
      }
    }
    return map;
  }

  private static Map<String, Object> copy(Object map) {
    Map<String, Object> copy = new LinkedHashMap<>();
    if (map instanceof Map<?, ?> entries) {
      entries.forEach((key, value) -> copy.put(key.toString(), value));
    }
    return copy;
  }

  private static String simpleName(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  static InvalidInputException wrong(String argument, Object value, String allowed) {
    return InvalidInputException.of("The trax argument %s is %s but must be %s.", argument, value, allowed);
  }
}
