package org.terraformer.app.trax;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** trax's feed-forward layers as layers of a configuration. */
final class TraxFeedForward {
  private TraxFeedForward() {}

  /** The layer of the model's arguments {@code d_ff}, {@code ff_activation}, {@code ff_sparsity}, {@code ff_sparsity_type} and SparseFF's own. */
  static Map<String, Object> layer(int hiddenSize, Object activation, Object sparsity, Object typeArgument, Object multiplied) {
    String type = typeArgument == null ? "1inN" : typeArgument.toString();
    List<Number> numbers = sparsityNumbers(sparsity);
    if (numbers.isEmpty() || numbers.getFirst().doubleValue() == 0) {
      Map<String, Object> layer = TraxConfiguration.layer("dense", "hidden_size", hiddenSize);
      if (activation != null) {
        layer.put("activation", switch (TraxConfiguration.simpleName(activation.toString())) {
          case "Relu" -> "relu";
          case "Gelu" -> "gelu";
          case "FastGelu" -> "fast_gelu";
          case "Sigmoid" -> "sigmoid";
          case "Tanh" -> "tanh";
          default -> throw TraxConfiguration.wrong("ff_activation", activation, "Relu, Gelu, FastGelu, Sigmoid or Tanh");
        });
      }
      return layer;
    }
    return switch (type) {
      case "1inN" -> {
        Map<String, Object> layer = TraxConfiguration.layer("sparse", "hidden_size", hiddenSize, "block_size", numbers.getFirst().intValue());
        if (Boolean.TRUE.equals(multiplied)) {
          layer.put("multiply_by_controller", true);
        }
        layer.put("low_rank", numbers.size() > 1 ? numbers.get(1).intValue() : hiddenSize / numbers.getFirst().intValue());
        if (numbers.size() == 4) {
          layer.put("temperature", numbers.get(2).doubleValue());
          layer.put("hard_probability", numbers.get(3).doubleValue());
        }
        yield layer;
      }
      case "Block" -> TraxConfiguration.layer("block_sparse", "hidden_size", hiddenSize, "experts", numbers.getFirst().intValue());
      case "Switch" -> TraxConfiguration.layer("switch", "hidden_size", hiddenSize, "experts", numbers.getFirst().intValue());
      default -> throw TraxConfiguration.wrong("ff_sparsity_type", type, "1inN, Block or Switch");
    };
  }

  /** The forms of ff_sparsity: N, (N, rank), (N, rank, temperature, quant_prob), or a string of two or four numbers. */
  private static List<Number> sparsityNumbers(Object sparsity) {
    List<Number> numbers = new ArrayList<>();
    switch (sparsity) {
      case null -> { }
      case Number number -> numbers.add(number);
      case List<?> list -> {
        for (Object element : list) {
          if (!(element instanceof Number number)) {
            throw TraxConfiguration.wrong("ff_sparsity", sparsity, "made of numbers");
          }
          numbers.add(number);
        }
      }
      default -> {
        for (String word : sparsity.toString().strip().split("\\s+")) {
          try {
            numbers.add(Double.valueOf(word));
          } catch (NumberFormatException e) {
            throw TraxConfiguration.wrong("ff_sparsity", sparsity, "made of numbers");
          }
        }
        if (numbers.size() == 1) {
          throw TraxConfiguration.wrong("ff_sparsity", sparsity, "of two or four numbers when it is a string");
        }
      }
    }
    if (numbers.size() == 3 || numbers.size() > 4) {
      throw TraxConfiguration.wrong("ff_sparsity", sparsity, "one, two or four numbers");
    }
    return numbers;
  }
}
