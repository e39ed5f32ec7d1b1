package org.terraformer.app.experiment;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Settings that differ from others. */
final class Overrides {
  private static final String TYPE = "type";

  private Overrides() {}

  /**
   * The settings with some of them changed: objects are changed field by field, but an object of another type takes the place
   * of the one that was there.
   */
  static Map<String, Object> of(Map<String, Object> settings, Map<?, ?> changes) {
    Map<String, Object> merged = new LinkedHashMap<>(settings);
    changes.forEach((name, change) -> merged.merge(String.valueOf(name), change, Overrides::merge));
    return merged;
  }

  @SuppressWarnings("unchecked")
  private static Object merge(Object before, Object change) {
    if (before instanceof Map<?, ?> object && change instanceof Map<?, ?> changes
        && (!changes.containsKey(TYPE) || Objects.equals(object.get(TYPE), changes.get(TYPE)))) {
      return of((Map<String, Object>) object, changes);
    }
    return change;
  }
}
