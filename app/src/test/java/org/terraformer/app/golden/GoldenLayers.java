package org.terraformer.app.golden;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.terraformer.app.trax.TraxAttention;
import org.terraformer.app.trax.TraxConfiguration;
import org.terraformer.domain.config.LayerSpec;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.Dense;
import org.terraformer.domain.layer.DropoutLayer;
import org.terraformer.domain.layer.EinsumDense;
import org.terraformer.domain.layer.FeedForwardBlock;
import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerContext;
import org.terraformer.domain.layer.LayerNormalization;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.layer.LowRankDense;
import org.terraformer.domain.layer.Residual;
import org.terraformer.domain.layer.TokenEmbedding;
import org.terraformer.domain.layer.attention.ChunkedSelfAttention;
import org.terraformer.domain.layer.attention.FavorAttention;
import org.terraformer.domain.layer.attention.HeadProjections;
import org.terraformer.domain.layer.attention.LshAttentionCore;
import org.terraformer.domain.layer.attention.LshSelfAttention;
import org.terraformer.domain.layer.attention.MaskedSelfAttention;
import org.terraformer.domain.layer.attention.PureLshAttention;
import org.terraformer.domain.layer.attention.SparseQkvAttention;
import org.terraformer.domain.layer.position.AxialPositions;
import org.terraformer.domain.layer.position.FixedBasePositions;
import org.terraformer.domain.layer.position.InfinitePositions;
import org.terraformer.domain.layer.position.LearnedPositions;
import org.terraformer.domain.layer.position.SinCosPositions;
import org.terraformer.domain.layer.recurrent.RecurrentBranch;
import org.terraformer.domain.layer.recurrent.SimpleRecurrentUnit;
import org.terraformer.domain.layer.reversible.FeaturePermutation;
import org.terraformer.domain.layer.sparse.BlockSparseFeedForward;
import org.terraformer.domain.layer.sparse.CausalConvolution;
import org.terraformer.domain.layer.sparse.CausalDepthwiseConvolution;
import org.terraformer.domain.layer.sparse.ConvolutionalDense;
import org.terraformer.domain.layer.sparse.ModularDense;
import org.terraformer.domain.layer.sparse.MultiplicativeDense;
import org.terraformer.domain.layer.sparse.MultiplicativeModularDense;
import org.terraformer.domain.layer.sparse.SparseFeedForward;
import org.terraformer.domain.layer.sparse.SwitchFeedForward;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.operation.Activation;
import org.terraformer.ports.operation.ActivationFunction;
import org.terraformer.ports.operation.Softmax;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/** The layer of this library for the trax layer of a golden case. */
final class GoldenLayers {
  static final LayerTypes TYPES = new LayerTypes(BuiltInLayerTypes.all());

  private GoldenLayers() {}

  static Layer of(GoldenCase golden) {
    Map<String, Object> arguments = golden.arguments();
    int width = width(golden);
    return switch (golden.layer()) {
      case "Dense" -> new Dense(number(arguments, "n_units", 0), flag(arguments, "use_bias", true));
      case "EinsumDense" -> new EinsumDense(number(arguments, "d_output", 0));
      case "LowRankDense" -> new LowRankDense(number(arguments, "n_units", 0), number(arguments, "d_lowrank", 0));
      case "FactoredDense" -> new MultiplicativeDense(
          number(arguments, "n_modules", 0), number(arguments, "d_out", 0), flag(arguments, "use_bias", true));
      case "MultiplicativeModularSparseDense" -> new MultiplicativeModularDense(number(arguments, "sparsity", 0), width);
      case "LocallyConnectedDense" -> new ModularDense(
          number(arguments, "n_modules", 0), number(arguments, "n_units", 0), number(arguments, "kernel_size", 1));
      case "LocallyConvDense" -> new ConvolutionalDense(number(arguments, "n_modules", 0), number(arguments, "n_units", 0),
          number(arguments, "kernel_size", 1), number(arguments, "length_kernel_size", 1));
      case "CausalConv" -> new CausalConvolution(number(arguments, "filters", 0), number(arguments, "kernel_width", 3));
      case "CausalDepthwiseConv" -> new CausalDepthwiseConvolution(number(arguments, "kernel_size", 3));
      case "SparseFF" -> sparseFeedForward(arguments, width, false);
      case "Dropout" -> new DropoutLayer(real(arguments, "rate", 0), Extent.SEQUENCE);
      case "BlockSparseFF" -> new BlockSparseFeedForward(width, number(arguments, "d_ff", 0), number(arguments, "n_experts", 64));
      case "SwitchSparseFF" -> new SwitchFeedForward(width, number(arguments, "d_ff", 0), number(arguments, "n_experts", 64));
      case "FeedForwardWithOptions" -> feedForwardBlock(arguments, width);
      case "SRU" -> new SimpleRecurrentUnit();
      case "Embedding" -> new TokenEmbedding(number(arguments, "vocab_size", 0), number(arguments, "d_feature", 0));
      case "LayerNorm" -> normalization(flag(arguments, "center", true));
      case "Residual" -> new Residual((recorder, x) -> recorder.apply(new Activation(ActivationFunction.RELU), new Dense(width).record(
          recorder.scope("dense"), normalization(true).record(recorder.scope("norm"), x))));
      case "Relu" -> (recorder, x) -> recorder.apply(new Activation(ActivationFunction.RELU), x);
      case "Gelu" -> (recorder, x) -> recorder.apply(new Activation(ActivationFunction.GELU), x);
      case "FastGelu" -> (recorder, x) -> recorder.apply(new Activation(ActivationFunction.FAST_GELU), x);
      case "LogSoftmax" -> (recorder, x) -> recorder.apply(new Softmax(true), x);
      case "PositionalEncoding" -> new LearnedPositions(number(arguments, "max_len", 0), width, number(arguments, "d_feature", 0), 1);
      case "SinCosPositionalEncoding" -> new SinCosPositions(true);
      case "FixedBasePositionalEncoding" -> new FixedBasePositions(width, true);
      case "AxialPositionalEncoding" -> new AxialPositions(numbers(arguments, "shape"), numbers(arguments, "d_embs"));
      case "InfinitePositionalEncoding" -> new InfinitePositions(width, drift(arguments), InfinitePositions.Transform.valueOf(
          arguments.getOrDefault("transform", "any").toString().toUpperCase(java.util.Locale.ROOT)));
      case "SparseDenseWithOptions" -> logits(arguments, width);
      case "ReversibleReshapePermute" -> FeaturePermutation.RESHAPED;
      case "ReversibleRandomPermute" -> FeaturePermutation.DRAWN;
      case "Attention" -> (recorder, x) -> new MaskedSelfAttention(width, number(arguments, "n_heads", 1))
          .record(recorder.masked(recorder.input("mask", DType.I32, Extent.ROW)), x);
      case "SelfAttention" -> (recorder, x) -> new ChunkedSelfAttention(projections(arguments, width),
          number(arguments, "chunk_len", 0), number(arguments, "n_chunks_before", 0), number(arguments, "n_chunks_after", 0),
          flag(arguments, "causal", false), masked(golden)).record(recorder(golden, recorder), x);
      case "LSHSelfAttention" -> (recorder, x) -> new LshSelfAttention(new HeadProjections(width, number(arguments, "n_heads", 2),
          number(arguments, "d_qk", 64), number(arguments, "d_v", 64), true, false), lsh(golden, 0)).record(recorder(golden, recorder), x);
      case "PureLSHSelfAttentionWrapper" -> (recorder, x) -> pureLsh(golden).record(recorder(golden, recorder), x);
      case "Favor", "CausalFavor" -> (recorder, x) -> new FavorAttention(width, number(arguments, "n_heads", 1),
          flag(arguments, "use_approximate_softmax", false) ? number(arguments, "n_random_features", 256) : 0,
          golden.layer().equals("CausalFavor"), masked(golden)).record(recorder(golden, recorder), x);
      default -> attention(golden, width);
    };
  }

  private static HeadProjections projections(Map<String, Object> arguments, int width) {
    return new HeadProjections(width, number(arguments, "n_heads", 2), number(arguments, "d_qk", 64), number(arguments, "d_v", 64),
        flag(arguments, "share_qk", false), flag(arguments, "bias", false));
  }

  /** Whether the layer hashes by rotations that were recorded. */
  static boolean hashes(GoldenCase golden) {
    return golden.has("noise.rotations");
  }

  /** Attention by hashing, whose rotations are an input where they were recorded. */
  static LshAttentionCore lsh(GoldenCase golden, int standardLength) {
    Map<String, Object> arguments = golden.arguments();
    int chunkLength = number(arguments, "chunk_len", 128);
    Object buckets = arguments.get("n_buckets");
    List<Integer> factors = buckets == null
        ? LshAttentionCore.factors(golden.axis(golden.has("inputs.x") ? "inputs.x" : "inputs.qk", 1), chunkLength)
        : buckets instanceof Integer number ? List.of(number) : numbers(arguments, "n_buckets");
    Optional<LshAttentionCore.Rotations> recorded = hashes(golden)
        ? Optional.of((inside, shape) -> inside.input("rotations", DType.F32, Extent.SEQUENCE, shape)) : Optional.empty();
    return new LshAttentionCore(number(arguments, "n_hashes", 1), factors, chunkLength, number(arguments, "n_chunks_before", 1),
        number(arguments, "n_chunks_after", 0), flag(arguments, "causal", false), standardLength, masked(golden), recorded);
  }

  @SuppressWarnings("unchecked")
  private static Layer pureLsh(GoldenCase golden) {
    Map<String, Object> arguments = golden.arguments();
    int standardLength = arguments.get("pure_lsh_implementation") instanceof Map<?, ?> mixed
        ? number((Map<String, Object>) mixed.get("kwargs"), "std_length", 0) : 0;
    LshAttentionCore core = lsh(golden, standardLength);
    int heads = number(arguments, "n_heads", 1);
    boolean shared = number(arguments, "num_weights", 3) == 2;
    return arguments.get("weights_format").equals("sparse")
        ? new SparseQkvAttention(width(golden), heads, number(arguments, "sparsity", 16), 3, shared,
            SparseQkvAttention.ValueInput.MULTIPLICATIVE, SparseQkvAttention.OutputLayers.NONE, false, core)
        : new PureLshAttention(width(golden), heads, shared, flag(arguments, "bias", true),
            flag(arguments, "rotary_position_emb", false), core);
  }

  private static boolean masked(GoldenCase golden) {
    return golden.has("inputs.mask");
  }

  /** The recorder with the mask of a case, if there is one. */
  static Recorder recorder(GoldenCase golden, Recorder recorder) {
    return masked(golden) ? recorder.masked(recorder.input("mask", DType.I32, Extent.ROW)) : recorder;
  }

  /** The layer that computes the chosen units alone, of a case with a hard call in training. */
  static Optional<Layer> ofChosenUnits(GoldenCase golden) {
    Map<String, Object> arguments = golden.arguments();
    boolean hard = golden.layer().equals("SparseFF") && golden.mode().equals("train")
        && golden.floats("noise.select")[0] < real(arguments, "quant_prob", 0.3);
    return hard ? Optional.of(sparseFeedForward(arguments, width(golden), true)) : Optional.empty();
  }

  private static Layer sparseFeedForward(Map<String, Object> arguments, int width, boolean sparseCompute) {
    return new SparseFeedForward(width, number(arguments, "d_ff", 0), number(arguments, "n_elements_in_block", 32),
        number(arguments, "d_lowrank", 64), flag(arguments, "multiply_by_controller_output", false),
        real(arguments, "temperature", 0.1), real(arguments, "quant_prob", 0.3), real(arguments, "dropout_rate", 0),
        flag(arguments, "kernel_scaling", false), sparseCompute);
  }

  private static Layer attention(GoldenCase golden, int width) {
    try {
      Map<String, Object> spec = TraxAttention.layer(golden.layer(), number(golden.arguments(), "n_heads", 1), golden.arguments());
      String type = (String) spec.remove("type");
      return TYPES.create(LayerRole.ATTENTION, new LayerSpec("attention", type, spec), context(width, 1));
    } catch (InvalidInputException e) {
      throw new IllegalStateException("No layer stands for %s of the case %s, which is not left out by name: %s".formatted(
          golden.layer(), golden, e.getMessage()), e);
    }
  }

  private static Layer feedForwardBlock(Map<String, Object> arguments, int width) {
    Layer normalization = normalization(flag(arguments, "center_layernorm", true));
    Map<String, Object> model = new LinkedHashMap<>();
    for (String name : List.of("d_model", "d_ff", "ff_activation", "ff_use_sru", "ff_sparsity", "ff_sparsity_type")) {
      if (arguments.containsKey(name)) {
        model.put(name, arguments.get(name));
      }
    }
    model.put("vocab_size", 1);
    ModelConfig config = TraxConfiguration.of("ConfigurableTransformerLM", model);
    Layer feedForward = TYPES.create(LayerRole.FEED_FORWARD, config.feedForwardOf(0), context(width, 1));
    return new FeedForwardBlock(normalization, feedForward, config.recurrence().map(spec -> new RecurrentBranch(
        width, (int) spec.options().get("units"), (int) spec.options().get("layers"), normalization)));
  }

  private static Layer logits(Map<String, Object> arguments, int width) {
    Object type = arguments.get("sparsity_type");
    int sparsity = number(arguments, "sparsity", 0);
    int units = number(arguments, "n_units", 0);
    if (type == null || type.equals("None") || sparsity == 0) {
      return new Dense(units);
    }
    Map<String, Object> spec = TraxConfiguration.logits(type.toString(), sparsity, number(arguments, "d_lowrank", 0));
    if (arguments.get("prob_sparse") != null) {
      spec.put("sparse_probability", real(arguments, "prob_sparse", 1));
    }
    return TYPES.create(LayerRole.LOGITS, new LayerSpec("logits", (String) spec.remove("type"), spec), context(width, units));
  }

  private static LayerContext context(int width, int vocabularySize) {
    return new LayerContext(width, vocabularySize, 1, normalization(true));
  }

  private static LayerNormalization normalization(boolean centred) {
    return new LayerNormalization(centred, 1e-6);
  }

  static int width(GoldenCase golden) {
    return golden.has("inputs.x") ? golden.axis("inputs.x", -1) : 0;
  }

  static int number(Map<String, Object> arguments, String name, int otherwise) {
    return arguments.get(name) instanceof Number number ? number.intValue() : otherwise;
  }

  private static double real(Map<String, Object> arguments, String name, double otherwise) {
    return arguments.get(name) instanceof Number number ? number.doubleValue() : otherwise;
  }

  private static double drift(Map<String, Object> arguments) {
    return arguments.get("drift") instanceof Number number ? number.doubleValue() : InfinitePositions.DRIFT;
  }

  private static boolean flag(Map<String, Object> arguments, String name, boolean otherwise) {
    return arguments.get(name) instanceof Boolean flag ? flag : otherwise;
  }

  @SuppressWarnings("unchecked")
  private static List<Integer> numbers(Map<String, Object> arguments, String name) {
    return (List<Integer>) arguments.get(name);
  }
}
