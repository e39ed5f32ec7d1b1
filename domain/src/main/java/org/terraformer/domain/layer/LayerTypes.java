package org.terraformer.domain.layer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.terraformer.domain.config.LayerSpec;
import org.terraformer.domain.config.Options;
import org.terraformer.ports.failure.InvalidInputException;

/** The layer types that configurations may name. Immutable. */
public final class LayerTypes {
  private final Map<LayerRole, Map<String, LayerType>> types = new EnumMap<>(LayerRole.class);

  /**
   * @throws InvalidInputException if two types have the same role and name
   */
  public LayerTypes(Collection<LayerType> all) {
    for (LayerRole role : LayerRole.values()) {
      types.put(role, new TreeMap<>());
    }
    for (LayerType type : all) {
      if (types.get(type.role()).put(type.name(), type) != null) {
        throw InvalidInputException.of("Two layer types are called %s.", type.key());
      }
    }
  }

  /** The same types, of which those of one role make other layers of the layers that they make. */
  public LayerTypes with(LayerRole role, UnaryOperator<Layer> change) {
    List<LayerType> all = new ArrayList<>();
    types.values().forEach(byName -> byName.values().forEach(type -> all.add(type.role() != role ? type
        : LayerType.of(role, type.name(), (options, context) -> change.apply(type.create(options, context))))));
    return new LayerTypes(all);
  }

  public Set<String> names(LayerRole role) {
    return Set.copyOf(types.get(role).keySet());
  }

  /**
   * Makes the layer that a configuration names.
   *
   * @throws InvalidInputException if the type is unknown, an option is wrong or unknown
   */
  public Layer create(LayerRole role, LayerSpec spec, LayerContext context) {
    LayerType type = types.get(role).get(spec.type());
    if (type == null) {
      throw spec.read().wrong("type", spec.type(), "must be one of " + String.join(", ", types.get(role).keySet()));
    }
    Options options = spec.read();
    Layer layer = type.create(options, context);
    options.finish();
    return layer;
  }
}
