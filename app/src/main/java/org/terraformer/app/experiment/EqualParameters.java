package org.terraformer.app.experiment;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * Finds the hidden size (d_ff) with which a model has as many parameters as another, as nearly as the sizes of its blocks allow.
 *
 * @param target the number of parameters
 * @param multiple what every hidden size is a multiple of, beside the layer's own blocks
 */
public record EqualParameters(long target, int multiple, LayerTypes types) {
  /** The largest difference to the target, as a part of it. */
  static final double TOLERANCE = 0.01;

  private static final String FEED_FORWARD = "feed_forward";
  private static final String HIDDEN_SIZE = "hidden_size";
  private static final int LARGEST = 10_000_000;

  static long count(ModelConfig model, LayerTypes types) {
    return TransformerLm.record(model, types).parameters();
  }

  /**
   * The fields of a model with the hidden size in all of its feed-forward layers.
   *
   * @throws InvalidInputException if no size is near enough to the target
   */
  public Map<String, Object> fit(Map<String, Object> model) {
    int unit = unit(model.get(FEED_FORWARD));
    int least = 1;
    int most = LARGEST / unit;
    while (least < most) {
      int middle = (least + most + 1) >>> 1;
      if (count(model, middle * unit) <= target) {
        least = middle;
      } else {
        most = middle - 1;
      }
    }
    long below = count(model, least * unit);
    long above = count(model, (least + 1) * unit);
    int size = above - target < target - below ? (least + 1) * unit : least * unit;
    long found = count(model, size);
    if (Math.abs(found - target) > TOLERANCE * target) {
      throw InvalidInputException.of(
          "With the hidden size %d there are %,d parameters, and with no other size nearer to %,d.", size, found, target);
    }
    return sized(model, size);
  }

  private long count(Map<String, Object> model, int size) {
    return count(ModelConfig.fromMap(sized(model, size)), types);
  }

  private static Map<String, Object> sized(Map<String, Object> model, int size) {
    Map<String, Object> sized = new LinkedHashMap<>(model);
    sized.put(FEED_FORWARD, layers(model.get(FEED_FORWARD)).stream()
        .map(layer -> Overrides.of(layer, Map.of(HIDDEN_SIZE, size))).toList());
    return sized;
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> layers(Object feedForward) {
    List<?> list = feedForward instanceof List<?> several ? several : List.of(feedForward == null ? "" : feedForward);
    for (Object layer : list) {
      if (!(layer instanceof Map<?, ?>)) {
        throw InvalidInputException.of(
            "The field feed_forward is %s but must be an object with a type, or a list of such.", feedForward);
      }
    }
    return (List<Map<String, Object>>) list;
  }

  /** The least common multiple of all that must divide the hidden size. */
  private int unit(Object feedForward) {
    long unit = multiple;
    for (Map<String, Object> layer : layers(feedForward)) {
      for (String divisor : List.of("block_size", "experts")) {
        if (layer.get(divisor) instanceof Integer size && size >= 1) {
          unit = unit / gcd(unit, size) * size;
        }
      }
    }
    if (unit > LARGEST / 2) {
      throw InvalidInputException.of("The hidden size would have to be a multiple of %d.", unit);
    }
    return (int) unit;
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
