package org.terraformer.app.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.terraformer.domain.config.LayerSpec;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.config.Options;
import org.terraformer.domain.layer.LayerContext;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.layer.attention.SparseQkvAttention;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.ports.operation.ActivationFunction;

/** The random models of the property tests leave out no layer type and no kind of it. */
class RandomModelsTest {
  /** Options that change nothing of what a model computes when it decodes. */
  private static final Set<String> FOR_TRAINING = Set.of("temperature", "hard_probability", "dropout", "kernel_scaling", "sparse_compute",
      "sparse_probability", "random_start");

  /** For each {@code role type}, the values of each option in a block that runs. */
  private static final Map<String, Map<String, Set<String>>> MET = new TreeMap<>();

  @BeforeAll
  static void lookAtManyModels() {
    for (int seed = 0; seed < 2000; seed++) {
      ModelConfig config = new RandomModels(seed).config();
      meet(LayerRole.NORMALIZATION, config.normalization());
      meet(LayerRole.POSITIONS, config.positions());
      meet(LayerRole.LOGITS, config.logits());
      for (int block = 0; block < config.blocks(); block++) {
        meet(LayerRole.ATTENTION, config.attentionOf(block));
        meet(LayerRole.FEED_FORWARD, config.feedForwardOf(block));
        config.recurrence().ifPresent(layer -> meet(LayerRole.RECURRENCE, layer));
      }
    }
  }

  private static void meet(LayerRole role, LayerSpec layer) {
    Map<String, Set<String>> options = MET.computeIfAbsent(role.field() + " " + layer.type(), type -> new TreeMap<>());
    layer.options().forEach((name, value) -> options.computeIfAbsent(name, option -> new TreeSet<>()).add(value.toString()));
  }

  @Test
  void everyLayerTypeOfALanguageModelIsMet() {
    LayerTypes types = new LayerTypes(BuiltInLayerTypes.all());
    Set<String> registered = Arrays.stream(LayerRole.values())
        .filter(role -> role != LayerRole.ENCODER_ATTENTION && role != LayerRole.CROSS_ATTENTION)
        .flatMap(role -> types.names(role).stream().map(name -> role.field() + " " + name)).collect(Collectors.toSet());
    assertThat(MET.keySet()).containsExactlyInAnyOrderElementsOf(registered);
  }

  @Test
  void everyFormOfSparseQkvAttentionIsMet() {
    assertMet("attention sparse_qkv", "value_input", SparseQkvAttention.ValueInput.values());
    assertMet("attention sparse_qkv", "output", SparseQkvAttention.OutputLayers.values());
    assertMet("attention sparse_qkv", "share_query_key", true, false);
    assertMet("attention sparse_qkv", "kernel_length", 1, 3, 4);
    assertMet("attention sparse_qkv", "modules", 1, 2, 3, 4);
  }

  @Test
  void everyKindOfTheOtherAttentionsIsMet() {
    assertMet("attention dense", "depthwise_length", 1, 2, 3, 4);
    assertMet("attention dense", "rotary_base", 100.0, 10_000);
    assertMet("attention modular", "kernel", 1, 3);
    assertMet("attention convolutional", "kernel", 1, 3);
    assertMet("attention convolutional", "kernel_length", 1, 2, 5);
    for (String type : List.of("modular", "multiplicative", "multiplicative_modular", "convolutional")) {
      assertMet("attention " + type, "heads", 1, 2, 3);
      assertMet("attention " + type, "modules", 1, 2, 3, 4);
    }
  }

  @Test
  void everyKindOfFeedForwardAndOfTheRestIsMet() {
    assertMet("feed_forward dense", "activation", ActivationFunction.values());
    assertMet("feed_forward sparse", "multiply_by_controller", true);
    assertMet("feed_forward sparse", "block_size", 1, 2, 5, 6, 24, 30);
    assertMet("feed_forward block_sparse", "experts", 1, 4, 8);
    assertMet("feed_forward switch", "experts", 1, 2, 3);
    assertMet("normalization layer_norm", "centred", true, false);
    assertMet("recurrence simple_recurrent_unit", "layers", 1, 2);
    assertMet("positions learned", "features", 5);
    assertMet("positions axial", "shape", List.of(4, 6), List.of(2, 4, 3));
    assertMet("logits multiplicative", "modules", 1, 2, 3, 4);
  }

  @Test
  void everyOptionOfEveryTypeIsGivenInSomeModel() {
    assertThat(MET.keySet()).allSatisfy(type ->
        assertThat(MET.get(type).keySet()).as(type).containsAll(optionsOf(type)));
  }

  /** The options that a type knows, as the sentence about an unknown one lists them. */
  private static Set<String> optionsOf(String type) {
    String[] names = type.split(" ");
    LayerRole role = LayerRole.valueOf(names[0].toUpperCase(Locale.ROOT));
    Map<String, Object> options = Stream.of("heads", "hidden_size", "experts", "modules", "low_rank", "block_size")
        .collect(Collectors.toMap(name -> name, name -> 1));
    options.put("shape", List.of(24));
    options.put("widths", List.of(8));
    LayerSpec spec = new LayerSpec("layer", names[1], options);
    Options read = spec.read();
    BuiltInLayerTypes.all().stream()
        .filter(known -> known.role() == role && known.name().equals(names[1])).findFirst().orElseThrow()
        .create(read, new LayerContext(8, 8, 24, (recorder, x) -> x));
    return read.known().stream().filter(option -> !FOR_TRAINING.contains(option)).collect(Collectors.toSet());
  }

  private static void assertMet(String type, String option, Object... values) {
    Set<String> wanted = Arrays.stream(values).map(value -> value.toString().toLowerCase(Locale.ROOT))
        .collect(Collectors.toSet());
    assertThat(Optional.ofNullable(MET.get(type)).map(options -> options.get(option)).orElse(Set.of()))
        .as("%s %s", type, option).containsAll(wanted);
  }
}
