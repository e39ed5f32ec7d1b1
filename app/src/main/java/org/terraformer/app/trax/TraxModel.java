package org.terraformer.app.trax;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.terraformer.domain.config.Architecture;
import org.terraformer.ports.failure.InvalidInputException;

/** The model classes of trax that have a counterpart here. */
enum TraxModel {
  TRANSFORMER_LM("TransformerLM", Architecture.Type.TRANSFORMER_LM),
  CONFIGURABLE_TRANSFORMER_LM("ConfigurableTransformerLM", Architecture.Type.TRANSFORMER_LM),
  TRANSFORMER_ENCODER("TransformerEncoder", Architecture.Type.ENCODER_CLASSIFIER),
  CONFIGURABLE_TRANSFORMER_ENCODER("ConfigurableTransformerEncoder", Architecture.Type.ENCODER_CLASSIFIER),
  TRANSFORMER("Transformer", Architecture.Type.ENCODER_DECODER),
  CONFIGURABLE_TRANSFORMER("ConfigurableTransformer", Architecture.Type.ENCODER_DECODER),
  CONFIGURABLE_TERRAFORMER("ConfigurableTerraformer", Architecture.Type.TERRAFORMER);

  private final String name;
  private final Architecture.Type type;

  TraxModel(String name, Architecture.Type type) {
    this.name = name;
    this.type = type;
  }

  /**
   * @param name the class, with or without its module
   * @throws InvalidInputException if it has no counterpart
   */
  static TraxModel of(String name) {
    String simpleName = name.substring(name.lastIndexOf('.') + 1);
    return Arrays.stream(values()).filter(model -> model.name.equals(simpleName)).findFirst().orElseThrow(() -> InvalidInputException.of(
        "The trax model %s can't be imported; %s can.", name, Arrays.stream(values()).map(TraxModel::toString).collect(Collectors.joining(", "))));
  }

  Architecture.Type type() {
    return type;
  }

  boolean readsSource() {
    return type == Architecture.Type.ENCODER_DECODER || type == Architecture.Type.TERRAFORMER;
  }

  /** Whether the class has no arguments for sparse layers. */
  boolean plain() {
    return !name.startsWith("Configurable");
  }

  /** The class of attention where no argument gives one. */
  String attention(boolean encoder) {
    return type == Architecture.Type.TERRAFORMER ? "SelfAttention" : encoder ? "Attention" : "CausalAttention";
  }

  @Override
  public String toString() {
    return name;
  }
}
