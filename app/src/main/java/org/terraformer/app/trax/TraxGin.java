package org.terraformer.app.trax;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.terraformer.app.format.gin.GinConfig;
import org.terraformer.app.format.gin.GinReference;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * The model of a gin file that trax was trained with: the class that {@code train.model} names, and its arguments.
 *
 * @param model the class
 * @param arguments as {@link TraxConfiguration} takes them
 * @param ignored the classes and functions whose bindings say nothing about the model: optimisers, schedules, data, the training
 *     loop
 */
public record TraxGin(String model, Map<String, Object> arguments, List<String> ignored) {

  /**
   * @param model the class, if it is not to be the one that {@code train.model} names
   * @throws InvalidInputException if there is no model or it is no language model, or a binding of its layers has no counterpart
   */
  public static TraxGin of(GinConfig gin, Optional<String> model) {
    GinReference reference = model.map(GinReference::of).orElseGet(() -> trained(gin));
    TraxModel.of(reference.name());
    Map<String, Object> arguments = new LinkedHashMap<>(TraxLayerArguments.of(gin, reference.scope()));
    List<String> ignored = new ArrayList<>(gin.owners());
    ignored.removeIf(owner -> owner.equals(reference.simpleName()) || TraxLayerArguments.readsBindingsOf(owner));
    gin.parameters(reference.scope(), reference.simpleName()).forEach((name, value) -> {
      List<?> values = value instanceof List<?> list ? list : Collections.singletonList(value);
      values.forEach(each -> {
        if (each instanceof GinReference layer) {
          ignored.remove(layer.simpleName());
        }
      });
      arguments.put(name, argument(gin, name, value));
    });
    return new TraxGin(reference.name(), arguments, List.copyOf(ignored));
  }

  private static GinReference trained(GinConfig gin) {
    Object model = gin.parameters("", "train").get("model");
    if (!(model instanceof GinReference reference)) {
      throw InvalidInputException.of(
          "%s %s, where a class such as @trax.models.ConfigurableTransformerLM is needed.", gin.origin(),
          model == null ? "has no train.model" : "says that train.model is %s".formatted(model));
    }
    return reference;
  }

  private static Object argument(GinConfig gin, String name, Object value) {
    if (value instanceof List<?> list) {
      return list.stream().map(each -> argument(gin, name, each)).toList();
    }
    if (!(value instanceof GinReference layer)) {
      return value;
    }
    Map<String, Object> parameters = gin.parameters(layer.scope(), layer.simpleName());
    if (name.endsWith("attention_type")) {
      return Map.of("partial", layer.name(), "kwargs", parameters);
    }
    if (!parameters.isEmpty()) {
      throw InvalidInputException.of("%s binds %s.%s, which has no counterpart here.", gin.origin(), layer.simpleName(),
          parameters.keySet().iterator().next());
    }
    return layer.name();
  }
}
