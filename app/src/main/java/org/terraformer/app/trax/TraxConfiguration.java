package org.terraformer.app.trax;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.terraformer.domain.config.Architecture;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * The constructor arguments of a trax model as a configuration. Arguments that only matter while training (dropout,
 * chunks) are accepted and left out; arguments that trax does not have are refused. An argument {@code Class.parameter} is one
 * that trax leaves to the class of a layer.
 */
public final class TraxConfiguration {
  private static final Set<String> OF_PLAIN_MODELS = Set.of("vocab_size", "input_vocab_size", "output_vocab_size", "n_classes", "d_model", "d_ff",
      "n_layers", "n_encoder_layers", "n_decoder_layers", "n_heads", "max_len", "dropout", "dropout_shared_axes", "mode", "ff_activation", "ff_dropout");
  private static final String POSITIONS = "None, 'sin-cos', 'fixed-base', 'infinite' or 'no'";
  private static final Set<String> WITHOUT_MEANING_HERE = Set.of("dropout", "dropout_shared_axes", "ff_dropout", "ff_chunk_size",
      "attention_chunk_size", "mode", "pos_start_from_zero_prob", "pos_max_offset_to_add", "loss_sparsity_prob",
      "use_bfloat16");

  private final TraxModel model;
  private final Map<String, Object> arguments;
  private final Set<String> used = new TreeSet<>(WITHOUT_MEANING_HERE);

  private TraxConfiguration(TraxModel model, Map<String, Object> arguments) {
    this.model = model;
    this.arguments = arguments;
  }

  /**
   * @param model the class, as {@code trax.models.ConfigurableTransformerLM}
   * @param arguments its constructor arguments by name; a class with arguments of its own is a map with {@code partial}, the
   *     class, and {@code kwargs}
   * @throws InvalidInputException if there is no such model here, or an argument is unknown or has a value without a
   *     counterpart
   */
  public static ModelConfig of(String model, Map<String, Object> arguments) {
    return new TraxConfiguration(TraxModel.of(model), arguments).build();
  }

  /** The number of arrays that a checkpoint holds beyond the model's own: those of a loss layer's dense branch. */
  public static int unusedArrays(Map<String, Object> arguments) {
    return arguments.get("loss_sparsity_prob") == null ? 0 : 2;
  }

  private ModelConfig build() {
    int heads = integer("n_heads", 8);
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("model_type", model.type().name().toLowerCase(Locale.ROOT));
    boolean readsSource = model.readsSource();
    Object outputs = readsSource ? argument("output_vocab_size") : null;
    String vocabulary = !readsSource ? "vocab_size" : outputs == null ? "input_vocab_size" : "output_vocab_size";
    map.put("vocabulary_size", argument(vocabulary));
    map.put("width", integer("d_model", 512));
    map.put("blocks", integer(readsSource ? "n_decoder_layers" : "n_layers", 6));
    map.put("max_length", integer("max_len", 2048));
    normalization(map);
    map.put("positions", positions());
    map.put("attention", attention(readsSource ? "encoder_decoder_attention_type" : "attention_type", heads));
    map.put("feed_forward", feedForward());
    recurrence(map);
    map.put("logits", logits());
    map.put("start_id", 0);
    map.put("padding_id", 0);
    architecture(map, heads, outputs != null);
    if (model.plain()) {
      used.removeIf(argument -> !OF_PLAIN_MODELS.contains(argument) && !argument.contains("."));
    }
    for (String argument : arguments.keySet()) {
      if (!used.contains(argument)) {
        throw InvalidInputException.of(
            "The trax argument %s of %s is unknown; known are %s.", argument, model, String.join(", ", used));
      }
    }
    map.put("vocabulary_size", integer(vocabulary, -1));
    return ModelConfig.fromMap(map);
  }

  private void normalization(Map<String, Object> map) {
    Object epsilon = argument(TraxLayerArguments.NORM_EPSILON);
    boolean centred = model != TraxModel.CONFIGURABLE_TERRAFORMER || flag("center_layernorm", true);
    if (epsilon != null || !centred) {
      map.put("normalization", layer("layer_norm", "centred", centred ? null : false, "epsilon", epsilon));
    }
    if (epsilon != null && model == TraxModel.CONFIGURABLE_TERRAFORMER) {
      map.put("outer_normalization", layer("layer_norm", "epsilon", epsilon));
    }
  }

  /** The fields that only some architectures have. */
  private void architecture(Map<String, Object> map, int heads, boolean twoVocabularies) {
    if (model.type() == Architecture.Type.ENCODER_CLASSIFIER) {
      map.put("classes", integer("n_classes", 10));
    }
    if (!model.readsSource()) {
      return;
    }
    Map<String, Object> encoder = new LinkedHashMap<>();
    encoder.put("blocks", integer("n_encoder_layers", 6));
    encoder.put("attention", attention("encoder_attention_type", heads));
    map.put("encoder", encoder);
    if (model != TraxModel.CONFIGURABLE_TERRAFORMER) {
      if (twoVocabularies) {
        encoder.put("vocabulary_size", integer("input_vocab_size", -1));
      }
      map.put("cross_attention", crossAttention(heads));
      return;
    }
    if (twoVocabularies && integer("output_vocab_size", -1) != integer("input_vocab_size", -1)) {
      throw wrong("output_vocab_size", arguments.get("output_vocab_size"), "None or as input_vocab_size");
    }
    encoder.put("reversible", flag("reversible_encoder", false));
    encoder.put("swaps", flag("use_two_swaps_per_encoder_block", true) ? 2 : 1);
    map.put("attention_layers", integer("n_decoder_attention_layers", 2));
    map.put("forget_after", integer("n_layers_forget", 0));
    refuseOther("forget_dense", true);
    refuseOther("half_before_layer", null);
    refuseOther("double_after_layer", null);
    refuseOther("d_attention_key", integer("d_model", 512) / heads);
    refuseOther("d_attention_value", integer("d_model", 512) / heads);
  }

  private Map<String, Object> crossAttention(int heads) {
    Object sparsity = argument("enc_dec_attention_sparsity");
    Object queries = sparsity instanceof List<?> pair && pair.size() == 2 ? pair.getFirst() : sparsity;
    Object outputs = sparsity instanceof List<?> pair && pair.size() == 2 ? pair.getLast() : "noop";
    if (queries == null || queries.equals(0)) {
      return layer("dense", "heads", heads);
    }
    if (!(queries instanceof Integer) || !(outputs instanceof Integer) && !outputs.equals("noop")) {
      throw wrong("enc_dec_attention_sparsity", sparsity, "a whole number, or one and a second or noop");
    }
    return layer("sparse", "heads", heads, "modules", queries, "output_modules", outputs instanceof Integer ? outputs : null);
  }

  private boolean flag(String name, boolean otherwise) {
    Object value = argument(name);
    if (value != null && !(value instanceof Boolean)) {
      throw wrong(name, value, "True or False");
    }
    return value == null ? otherwise : (Boolean) value;
  }

  /** Refuses a value that has no counterpart here. */
  private void refuseOther(String name, Object only) {
    Object value = argument(name);
    if (value != null && !value.equals(only)) {
      throw wrong(name, value, only == null ? "None" : only.toString());
    }
  }

  private Map<String, Object> positions() {
    Object given = argument("pos_type");
    if (model == TraxModel.CONFIGURABLE_TERRAFORMER && !arguments.containsKey("pos_type")) {
      given = "fixed-base";
    }
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

  private Object attention(String argument, int heads) {
    Object type = argument(argument);
    if (type instanceof List<?> types && !types.isEmpty()) {
      return types.stream().map(each -> attention(argument, each, heads)).toList();
    }
    return attention(argument, type, heads);
  }

  private Map<String, Object> attention(String argument, Object given, int heads) {
    Object type = given;
    Map<String, Object> options = Map.of();
    if (type instanceof Map<?, ?> partial) {
      type = partial.get("partial");
      options = copy(partial.get("kwargs"));
    }
    boolean encoder = argument.equals("encoder_attention_type") || model.type() == Architecture.Type.ENCODER_CLASSIFIER;
    String name = type == null ? model.attention(encoder) : simpleName(type.toString());
    return encoder ? TraxAttention.encoderLayer(argument, name, heads, options) : TraxAttention.layer(argument, name, heads, options);
  }

  private Map<String, Object> feedForward() {
    return TraxFeedForward.layer(integer("d_ff", 2048), argument("ff_activation"), argument("ff_sparsity"), argument("ff_sparsity_type"),
        argument(TraxLayerArguments.MULTIPLY_BY_CONTROLLER));
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

  static Map<String, Object> layer(String type, Object... options) {
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

  static String simpleName(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  static InvalidInputException wrong(String argument, Object value, String allowed) {
    return InvalidInputException.of("The trax argument %s is %s but must be %s.", argument, value, allowed);
  }
}
