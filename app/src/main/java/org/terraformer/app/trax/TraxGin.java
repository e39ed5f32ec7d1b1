package org.terraformer.app.trax;

import java.util.ArrayList;
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
    gin.parameters(reference.scope(), reference.simpleName()).forEach((name, value) ->
        arguments.put(name, argument(gin, reference.scope(), name, value, ignored)));
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

  /** An argument of the model; the classes whose bindings it takes are no more among those that are ignored. */
  private static Object argument(GinConfig gin, String scope, String name, Object value, List<String> ignored) {
    if (value instanceof List<?> list) {
      return list.stream().map(each -> argument(gin, scope, name, each, ignored)).toList();
    }
    if (!(value instanceof GinReference layer)) {
      return value;
    }
    if (name.endsWith("attention_type")) {
      return partial(gin, scope, layer, ignored);
    }
    ignored.remove(layer.simpleName());
    Map<String, Object> parameters = gin.parameters(layer.scope(), layer.simpleName());
    if (!parameters.isEmpty()) {
      throw InvalidInputException.of("%s binds %s.%s, which has no counterpart here.", gin.origin(), layer.simpleName(),
          parameters.keySet().iterator().next());
    }
    return layer.name();
  }

  /**
   * A class with what it is bound to, and so each class that it is told to use. One without a scope is called in that of its caller.
   */
  private static Map<String, Object> partial(GinConfig gin, String scope, GinReference layer, List<String> ignored) {
    ignored.remove(layer.simpleName());
    String called = called(scope, layer);
    Map<String, Object> kwargs = new LinkedHashMap<>();
    gin.parameters(called, layer.simpleName()).forEach((name, value) -> {
      if (value instanceof GinReference used) {
        ignored.remove(used.simpleName());
        kwargs.put(name, partial(used, gin.parameters(called(called, used), used.simpleName())));
      } else {
        kwargs.put(name, value);
      }
    });
    return partial(layer, kwargs);
  }

  private static Map<String, Object> partial(GinReference layer, Map<String, Object> kwargs) {
    return Map.of("partial", layer.name(), "kwargs", kwargs);
  }

  private static String called(String scope, GinReference layer) {
    return layer.scope().isEmpty() ? scope : layer.scope();
  }
}
