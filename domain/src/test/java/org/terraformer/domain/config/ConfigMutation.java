package org.terraformer.domain.config;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** One random change of a configuration: a field removed, added, renamed or given another value. */
final class ConfigMutation {
  private static final List<Object> VALUES = Arrays.asList(
      null, -1, 0, 1, 2, 7, 47, 1000, 10_000_000, Integer.MAX_VALUE, 1_000_000_000_000L, Long.MIN_VALUE,
      new BigInteger("9".repeat(80)), 0.5, -0.0, 1e300, Double.NaN, true, false, "", "48", "dense", "a\nb\u2028c",
      "x".repeat(5000), "none", List.of(), List.of(1), List.of(3, "x"), Arrays.asList(1, null), Map.of(), Map.of("type", 5),
      Map.of("type", "no_such_type"), Map.of("type", "dense", "heads", 5),
      Map.of("type", "low_rank", "low_rank", 10_000_000, "heads", 1));
  private static final List<String> NAMES = List.of("heads", "modules", "kernel", "hidden_size", "low_rank", "features", "a\nb",
      "y".repeat(5000), "", "type", "vocab_size", "Width");

  private final RandomGenerator random;

  ConfigMutation(RandomGenerator random) {
    this.random = random;
  }

  void applyTo(Map<String, Object> config) {
    Map<String, Object> target = anyObject(config);
    String field = new ArrayList<>(target.keySet()).get(random.nextInt(target.size()));
    switch (random.nextInt(5)) {
      case 0 -> target.remove(field);
      case 1 -> target.put(field, otherNumber(target.get(field)));
      case 2 -> target.put(NAMES.get(random.nextInt(NAMES.size())), anyValue());
      case 3 -> target.put(misspelt(field), target.remove(field));
      default -> target.put(field, anyValue());
    }
  }

  /** The configuration itself or an object within it. */
  @SuppressWarnings("unchecked")
  private Map<String, Object> anyObject(Map<String, Object> config) {
    List<Map<String, Object>> objects = new ArrayList<>(List.of(config));
    for (Object value : config.values()) {
      for (Object element : value instanceof List<?> list ? list : Arrays.asList(value)) {
        if (element instanceof LinkedHashMap<?, ?> map && !map.isEmpty()) {
          objects.add((Map<String, Object>) map);
        }
      }
    }
    return objects.get(random.nextInt(objects.size()));
  }

  private Object anyValue() {
    return VALUES.get(random.nextInt(VALUES.size()));
  }

  private Object otherNumber(Object value) {
    return value instanceof Integer number
        ? switch (random.nextInt(4)) {
          case 0 -> number + 1;
          case 1 -> number - 1;
          case 2 -> 2 * number;
          default -> number * 1_000_000L;
        }
        : anyValue();
  }

  private String misspelt(String field) {
    int place = random.nextInt(field.length() + 1);
    return field.substring(0, place) + (char) ('a' + random.nextInt(26)) + field.substring(place);
  }
}
