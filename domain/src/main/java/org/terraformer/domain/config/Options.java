package org.terraformer.domain.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * The fields of one object of a configuration, read one by one with their types and ranges. What nobody asked for is refused by
 * {@link #finish}, with the fields that are allowed.
 */
public final class Options {
  private static final int LARGEST_SIZE = 10_000_000;

  private final String path;
  private final Map<String, Object> fields;
  private final Set<String> known = new LinkedHashSet<>();

  /**
   * @param path where the object stands in the configuration, as {@code feed_forward}; empty for the whole
   */
  public Options(String path, Map<String, Object> fields) {
    this.path = path;
    this.fields = fields;
  }

  public String path(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  public boolean has(String field) {
    known.add(field);
    return fields.get(field) != null;
  }

  /** A required size from 1 to ten million. */
  public int size(String field) {
    return integer(field, 1, LARGEST_SIZE);
  }

  /** A size from 1 to ten million, or this one where the field is absent. */
  public int size(String field, int otherwise) {
    return has(field) ? size(field) : otherwise;
  }

  /** A required whole number in a range. */
  public int integer(String field, int least, int most) {
    Object value = required(field);
    long number;
    if (value instanceof Integer || value instanceof Long || value instanceof Short) {
      number = ((Number) value).longValue();
    } else {
      throw wrong(field, value, "must be a whole number from %d to %d".formatted(least, most));
    }
    if (number < least || number > most) {
      throw wrong(field, value, "must be from %d to %d".formatted(least, most));
    }
    return (int) number;
  }

  /** A whole number in a range, or this one where the field is absent. */
  public int integer(String field, int least, int most, int otherwise) {
    return has(field) ? integer(field, least, most) : otherwise;
  }

  /** A finite number in a range, or this one where the field is absent. */
  public double number(String field, double least, double most, double otherwise) {
    if (!has(field)) {
      return otherwise;
    }
    Object value = fields.get(field);
    if (!(value instanceof Number number)) {
      throw wrong(field, value, "must be a number from %s to %s".formatted(least, most));
    }
    double result = number.doubleValue();
    if (!(result >= least && result <= most)) {
      throw wrong(field, value, "must be a number from %s to %s".formatted(least, most));
    }
    return result;
  }

  public boolean flag(String field, boolean otherwise) {
    if (!has(field)) {
      return otherwise;
    }
    Object value = fields.get(field);
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong(field, value, "must be true or false");
  }

  /** One of the constants of an enumeration, written in lower case, or this one where the field is absent. */
  public <E extends Enum<E>> E choice(String field, Class<E> type, E otherwise) {
    if (!has(field)) {
      return otherwise;
    }
    Object value = fields.get(field);
    List<String> names = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      String name = constant.name().toLowerCase(java.util.Locale.ROOT);
      if (name.equals(value)) {
        return constant;
      }
      names.add(name);
    }
    throw wrong(field, value, "must be one of " + String.join(", ", names));
  }

  /** A required list of sizes. */
  public List<Integer> sizes(String field) {
    Object value = required(field);
    if (!(value instanceof List<?> list) || list.isEmpty()) {
      throw wrong(field, value, "must be a list of whole numbers");
    }
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      Options element = new Options(path(field), Map.of(Integer.toString(i), list.get(i) == null ? "null" : list.get(i)));
      sizes.add(element.size(Integer.toString(i)));
    }
    return sizes;
  }

  /** A required layer: an object with a {@code type}. */
  public LayerSpec layer(String field) {
    return layerAt(field, required(field));
  }

  /** A layer, or this type without options where the field is absent. */
  public LayerSpec layer(String field, String otherwise) {
    return has(field) ? layer(field) : new LayerSpec(path(field), otherwise, Map.of());
  }

  /** A required layer or list of layers. */
  public List<LayerSpec> layers(String field) {
    Object value = required(field);
    if (!(value instanceof List<?> list)) {
      return List.of(layerAt(field, value));
    }
    if (list.isEmpty()) {
      throw wrong(field, value, "must be an object with a type, or a list of such");
    }
    List<LayerSpec> layers = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      layers.add(layerAt("%s[%d]".formatted(field, i), list.get(i)));
    }
    return List.copyOf(layers);
  }

  private LayerSpec layerAt(String field, Object value) {
    if (value instanceof String type) {
      return new LayerSpec(path(field), type, Map.of());
    }
    if (value instanceof Map<?, ?> map && map.get("type") instanceof String type) {
      return new LayerSpec(path(field), type, withoutType(map));
    }
    throw wrong(field, value, "must be an object with a type");
  }

  private static Map<String, Object> withoutType(Map<?, ?> map) {
    return map.entrySet().stream().filter(entry -> !"type".equals(entry.getKey()) && entry.getValue() != null)
        .collect(Collectors.toMap(entry -> String.valueOf(entry.getKey()), Map.Entry::getValue, (a, b) -> a, java.util.LinkedHashMap::new));
  }

  /** A value of any type, or null where the field is absent. */
  public Object any(String field) {
    known.add(field);
    return fields.get(field);
  }

  /**
   * Refuses fields that nobody has asked for.
   *
   * @throws InvalidInputException naming the first of them and the fields that are allowed
   */
  public void finish() {
    for (String field : fields.keySet()) {
      if (!known.contains(field)) {
        throw InvalidInputException.of("The field %s is unknown; %s.", path(field),
            known.isEmpty() ? "none is allowed here" : "allowed are " + String.join(", ", known));
      }
    }
  }

  /** A mistake in one field, for checks that involve more than one. */
  public InvalidInputException wrong(String field, Object value, String rule) {
    return InvalidInputException.of("The field %s is %s but %s.", path(field), value, rule);
  }

  private Object required(String field) {
    if (!has(field)) {
      throw InvalidInputException.of("The field %s is missing.", path(field));
    }
    return fields.get(field);
  }
}
