package org.terraformer.domain.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * The fields of one object of a configuration, read one by one with their types and ranges. What nobody asked for is refused by
 * {@link #finish}. A field whose value is null counts as absent.
 *
 * <p>Every mistake is an {@link InvalidInputException} with one sentence that names the field with its path, its value and what
 * is allowed.
 */
public final class Options {
  /** The largest size of anything. */
  static final int LARGEST_SIZE = 10_000_000;

  private static final int LONGEST_LIST = 16;
  private static final int LONGEST_SHOWN = 60;
  private static final int LONGEST_NAME = 40;

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
    return integer(field, required(field), least, most);
  }

  /** A whole number in a range, or this one where the field is absent. */
  public int integer(String field, int least, int most, int otherwise) {
    return has(field) ? integer(field, least, most) : otherwise;
  }

  private int integer(String field, Object value, int least, int most) {
    if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte) {
      long number = ((Number) value).longValue();
      if (number >= least && number <= most) {
        return (int) number;
      }
    }
    throw wrong(field, value, "must be a whole number from %d to %d".formatted(least, most));
  }

  /** A finite number in a range, or this one where the field is absent. */
  public double number(String field, double least, double most, double otherwise) {
    if (!has(field)) {
      return otherwise;
    }
    Object value = fields.get(field);
    if (value instanceof Number number && number.doubleValue() >= least && number.doubleValue() <= most) {
      return number.doubleValue();
    }
    throw wrong(field, value, "must be a number from %s to %s".formatted(shown(least), shown(most)));
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
      String name = constant.name().toLowerCase(Locale.ROOT);
      if (name.equals(value)) {
        return constant;
      }
      names.add(name);
    }
    throw wrong(field, value, "must be one of " + String.join(", ", names));
  }

  /** Refuses the absence of a field. */
  void require(String field) {
    required(field);
  }

  /** A required list of sizes. */
  public List<Integer> sizes(String field) {
    Object value = required(field);
    if (!(value instanceof List<?> list) || list.isEmpty() || list.size() > LONGEST_LIST) {
      throw wrong(field, value, "must be a list of 1 to %d whole numbers".formatted(LONGEST_LIST));
    }
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      sizes.add(integer("%s[%d]".formatted(field, i), list.get(i), 1, LARGEST_SIZE));
    }
    return List.copyOf(sizes);
  }

  /** A required layer: the name of its type, or an object with a {@code type}. */
  public LayerSpec layer(String field) {
    return layerAt(field, required(field));
  }

  /** A layer, or this type without options where the field is absent. */
  public LayerSpec layer(String field, String otherwise) {
    return has(field) ? layer(field) : new LayerSpec(path(field), otherwise, Map.of());
  }

  /** A required layer or list of layers; a list of one is the same as that one. */
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
      layers.add(layerAt(list.size() == 1 ? field : "%s[%d]".formatted(field, i), list.get(i)));
    }
    return List.copyOf(layers);
  }

  private LayerSpec layerAt(String field, Object value) {
    if (value instanceof String type) {
      return new LayerSpec(path(field), type, Map.of());
    }
    if (!(value instanceof Map<?, ?> map)) {
      throw wrong(field, value, "must be the name of a layer type, or an object with a type");
    }
    Map<String, Object> options = new LinkedHashMap<>();
    map.forEach((name, option) -> {
      if (option != null) {
        options.put(String.valueOf(name), option);
      }
    });
    Object type = new Options(path(field), options).required("type");
    if (!(type instanceof String name)) {
      throw wrong(field + ".type", type, "must be the name of a layer type");
    }
    options.remove("type");
    return new LayerSpec(path(field), name, options);
  }

  /** A text, or this one where the field is absent. */
  public String text(String field, String otherwise) {
    if (!has(field)) {
      return otherwise;
    }
    if (fields.get(field) instanceof String text) {
      return text;
    }
    throw wrong(field, fields.get(field), "must be a text");
  }

  /** A required object, as it is. */
  @SuppressWarnings("unchecked")
  public Map<String, Object> map(String field) {
    Object value = required(field);
    if (value instanceof Map<?, ?> map) {
      return (Map<String, Object>) map;
    }
    throw wrong(field, value, "must be an object");
  }

  /** The fields of an object, which has none where it is absent. */
  public Options object(String field) {
    return new Options(path(field), has(field) ? map(field) : Map.of());
  }

  /** A value of any type, or null where the field is absent. */
  public Object any(String field) {
    known.add(field);
    return fields.get(field);
  }

  /** The fields that were asked for so far, in that order. */
  public Set<String> known() {
    return Collections.unmodifiableSet(known);
  }

  /**
   * Refuses fields that nobody has asked for.
   *
   * @throws InvalidInputException naming the first of them, the one that may have been meant, and the fields that are allowed
   */
  public void finish() {
    for (String field : fields.keySet()) {
      if (!known.contains(field)) {
        throw InvalidInputException.of("The field %s is unknown%s; %s.", path(shown(field, LONGEST_NAME)),
            NearestName.of(field, known).map(" (did you mean %s?)"::formatted).orElse(""),
            known.isEmpty() ? "none is allowed here" : "allowed are " + String.join(", ", known));
      }
    }
  }

  /** A mistake in one field, for checks that involve more than one. */
  public InvalidInputException wrong(String field, Object value, String rule) {
    return InvalidInputException.of("The field %s is %s but %s.", path(field), shown(value), rule);
  }

  private Object required(String field) {
    if (!has(field)) {
      Optional<String> meant = NearestName.of(field, fields.keySet().stream().filter(name -> !known.contains(name)).toList());
      throw InvalidInputException.of("The field %s is missing%s.", path(field),
          meant.map(name -> " (is %s a misspelling of it?)".formatted(shown(name, LONGEST_NAME))).orElse(""));
    }
    return fields.get(field);
  }

  /** A value as a sentence shows it: not too long. */
  private static String shown(Object value) {
    if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e15) {
      return Long.toString(number.longValue());
    }
    return shown(String.valueOf(value), LONGEST_SHOWN);
  }

  private static String shown(String text, int longest) {
    String cut = text.length() <= longest ? text : text.substring(0, longest - 3) + "...";
    return cut.isBlank() ? '"' + cut.strip() + '"' : cut;
  }
}
