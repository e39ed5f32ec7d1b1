package org.terraformer.app.trax;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.terraformer.app.format.gin.GinConfig;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * What a gin file binds for the classes of a model's layers, beside the model's own arguments. Written {@code Class.parameter},
 * these are arguments of a {@link TraxConfiguration} as well.
 */
final class TraxLayerArguments {
  static final String NORM_EPSILON = "LayerNorm.epsilon";
  static final String POSITION_FEATURES = "PositionalEncoding.d_feature";
  static final String INFINITE_DRIFT = "InfinitePositionalEncoding.drift";
  static final String INFINITE_TRANSFORM = "InfinitePositionalEncoding.transform";
  static final String MULTIPLY_BY_CONTROLLER = "SparseFF.multiply_by_controller_output";

  private static final Set<String> KNOWN =
      new TreeSet<>(List.of(NORM_EPSILON, POSITION_FEATURES, INFINITE_DRIFT, INFINITE_TRANSFORM, MULTIPLY_BY_CONTROLLER));

  /** The classes that a language model is made of, as far as they are not named by its arguments. */
  private static final List<String> LAYERS = List.of("Embedding", "Dense", "LayerNorm", "SRU", "ShiftRight", "PositionalEncoding",
      "SinCosPositionalEncoding", "FixedBasePositionalEncoding", "AxialPositionalEncoding", "InfinitePositionalEncoding",
      "SparseFF", "BlockSparseFF", "SwitchSparseFF", "FeedForwardWithOptions", "SparseDenseWithOptions", "FactoredDense",
      "LowRankDense", "EinsumDense", "LocallyConnectedDense", "LocallyConvDense", "MultiplicativeModularSparseDense",
      "MultiplicativeSparseDense", "ConfigurableAttention", "DotProductCausalAttention", "CausalDepthwiseConv", "ApplyAttentionLayer", "DecoderBlock");

  /** Parameters that matter while training or initialising alone, or to memory, or that the model always gives itself. */
  private static final Pattern WITHOUT_MEANING_HERE = Pattern.compile(
      ".*dropout.*|.*initializer.*|mode|temperature|quant_prob|use_bfloat16|max_inference_length|start_from_zero.*"
          + "|max_offset_to_add|add_offset|max_len|affine|base_dropout_one_in"
          + "|kernel_scaling|big_weights_in_bfloat16|ff_chunk_size");

  private TraxLayerArguments() {}

  /**
   * @param scope the scope that the model is made in
   * @throws InvalidInputException if a parameter is bound that changes what a layer computes and has no counterpart
   */
  static Map<String, Object> of(GinConfig gin, String scope) {
    Map<String, Object> arguments = new LinkedHashMap<>();
    for (String layer : LAYERS) {
      gin.parameters(scope, layer).forEach((parameter, value) -> {
        String argument = layer + "." + parameter;
        if (KNOWN.contains(argument)) {
          arguments.put(argument, value);
        } else if (!WITHOUT_MEANING_HERE.matcher(parameter).matches()) {
          throw InvalidInputException.of("%s binds %s, which has no counterpart here; of the layers' own parameters %s have.",
              gin.origin(), argument, String.join(", ", KNOWN));
        }
      });
    }
    return arguments;
  }

  /** Whether a class is a layer that {@link #of} reads. */
  static boolean readsBindingsOf(String simpleName) {
    return LAYERS.contains(simpleName);
  }
}
