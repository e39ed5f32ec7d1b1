package org.terraformer.domain.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A layer as the configuration names it: a registered type and that type's options.
 *
 * @param path where it stands in the configuration, as {@code feed_forward}
 */
public record LayerSpec(String path, String type, Map<String, Object> options) {
  public LayerSpec {
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
  }

  /** The options, to be read by the layer's type. */
  public Options read() {
    return new Options(path, options);
  }

  /** The layer with another value of an option. */
  public LayerSpec with(String option, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(options);
    changed.put(option, value);
    return new LayerSpec(path, type, changed);
  }

  /** The layer as it is written in a configuration. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("type", type);
    map.putAll(options);
    return map;
  }
}
