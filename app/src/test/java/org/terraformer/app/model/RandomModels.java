package org.terraformer.app.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;

/** Valid configurations of odd sizes with random weights. */
final class RandomModels {
  private static final LayerTypes TYPES = new LayerTypes(BuiltInLayerTypes.all());

  private final RandomGenerator random;

  RandomModels(long seed) {
    // Unlike Random, it does not begin alike for seeds that are near each other.
    this.random = new SplittableRandom(seed);
  }

  ModelConfig config() {
    int modules = pick(1, 2, 3, 4);
    int heads = pick(1, 2, 3);
    int width = 8 * modules * heads;
    int vocabulary = modules * pick(7, 11);
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("model_type", ModelConfig.MODEL_TYPE);
    map.put("vocabulary_size", vocabulary);
    map.put("width", width);
    map.put("blocks", pick(0, 1, 2));
    map.put("max_length", 24);
    map.put("normalization",
        Map.of("type", "layer_norm", "centred", random.nextBoolean(), "epsilon", choose(List.of(1e-6, 1e-3))));
    map.put("positions", choose(List.of(
        Map.of("type", "learned", "initial_amplitude", 0.5), Map.of("type", "learned", "features", 5), Map.of("type", "sin_cos"),
        Map.of("type", "fixed_base"), Map.of("type", "none"),
        Map.of("type", "infinite", "drift", choose(List.of(0.03, 0.5)), "transform", choose(List.of("any", "diag", "none"))),
        Map.of("type", "axial", "shape", List.of(4, 6), "widths", List.of(3, width - 3)),
        Map.of("type", "axial", "shape", List.of(2, 4, 3), "widths", List.of(1, width - 3, 2)))));
    map.put("attention", List.of(attention(heads, modules), attention(heads, modules)));
    map.put("feed_forward", List.of(feedForward(), feedForward()));
    if (random.nextBoolean()) {
      map.put("recurrence", Map.of("type", "simple_recurrent_unit", "units", pick(3, 5), "layers", pick(1, 2)));
    }
    map.put("logits", choose(List.of(Map.of("type", "dense"), Map.of("type", "multiplicative", "modules", modules),
        Map.of("type", "low_rank", "low_rank", 5), Map.of("type", "einsum"), Map.of("type", "local", "modules", modules),
        Map.of("type", "local3", "modules", modules))));
    return ModelConfig.fromMap(map);
  }

  private Map<String, Object> attention(int heads, int modules) {
    return choose(List.of(
        Map.of("type", "dense", "heads", heads), Map.of("type", "dense", "heads", heads, "depthwise_length", pick(1, 2, 4)),
        Map.of("type", "dense", "heads", heads, "rotary_base", 100.0),
        Map.of("type", "dense", "heads", heads, "rotary_base", 10_000, "depthwise_length", 3),
        Map.of("type", "modular", "heads", heads, "modules", modules, "kernel", pick(1, 3)),
        Map.of("type", "multiplicative", "heads", heads, "modules", modules),
        Map.of("type", "multiplicative_modular", "heads", heads, "modules", modules),
        Map.of("type", "low_rank", "heads", heads, "low_rank", 3),
        Map.of("type", "convolutional", "heads", heads, "modules", modules, "kernel", pick(1, 3), "kernel_length", pick(1, 2, 5)),
        Map.of("type", "chunked", "heads", heads, "key_size", pick(3, 8), "value_size", pick(5, 16), "share_query_key", random.nextBoolean(),
            "biased", random.nextBoolean()),
        Map.of("type", "chunked", "heads", heads, "chunk_length", pick(1, 3, 5), "chunks_before", pick(0, 1, 2)),
        Map.of("type", "favor", "heads", heads),
        // Where a chunk holds all rounds of all rows, decoding sees what the whole sequence does.
        Map.of("type", "lsh", "heads", heads, "key_size", pick(3, 8), "value_size", pick(3, 8), "hashes", 2, "buckets", List.of(4, 2),
            "chunk_length", 48, "chunks_before", pick(0, 1)),
        Map.of("type", "pure_lsh", "heads", heads, "share_query_key", random.nextBoolean(), "rotary", random.nextBoolean(),
            "biased", random.nextBoolean(), "hashes", pick(1, 2), "buckets", 6, "chunk_length", 50, "chunks_before", 2),
        Map.of("type", "pure_lsh", "heads", heads, "projections", "sparse", "modules", modules, "buckets", 6, "chunk_length", 50),
        Map.of("type", "pure_lsh", "heads", heads, "buckets", 2, "chunk_length", 5, "standard_length", 24),
        Map.of("type", "sparse_qkv", "heads", heads, "modules", modules, "kernel_length", pick(1, 3, 4),
            "share_query_key", random.nextBoolean(),
            "value_input", choose(List.of("multiplicative", "concatenated_modules", "concatenated")),
            "output", choose(List.of("none", "multiplicative", "convolutional", "multiplicative_convolutional")))));
  }

  private Map<String, Object> feedForward() {
    return choose(List.of(
        Map.of("type", "dense", "hidden_size", 13, "activation", choose(List.of("relu", "gelu", "fast_gelu", "sigmoid", "tanh", "softplus"))),
        Map.of("type", "sparse", "hidden_size", 30, "block_size", pick(1, 2, 5, 30), "low_rank", pick(1, 4)),
        Map.of("type", "sparse", "hidden_size", 24, "block_size", pick(1, 6, 24), "multiply_by_controller", true),
        Map.of("type", "block_sparse", "hidden_size", 24, "experts", pick(1, 4, 8)),
        Map.of("type", "switch", "hidden_size", 24, "experts", pick(1, 2, 3))));
  }

  Program program(ModelConfig config) {
    return TransformerLm.record(config, TYPES);
  }

  /** Records the model as part of something larger and gives its logits. */
  Value record(ModelConfig config, Recorder recorder) {
    Value tokens = recorder.input(TransformerLm.TOKENS, DType.I32, Extent.ROW);
    Value logits = TransformerLm.layer(config, TYPES).record(recorder, tokens);
    recorder.output(TransformerLm.LOGITS, logits);
    return logits;
  }

  /** Weights of a size that keeps activations near one; matrices stored in the type. */
  NamedTensors weights(Program program, DType matrices) {
    List<Tensor> tensors = new ArrayList<>();
    for (Value weight : program.weights()) {
      float[] values = new float[weight.shape().intElements()];
      double scale = weight.kind() == Value.Kind.MATRIX ? 1 / Math.sqrt(weight.shape().columns()) : 0.7;
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (random.nextGaussian() * scale);
      }
      Tensor tensor = Tensor.of(weight.name(), weight.shape(), values);
      tensors.add(weight.kind() == Value.Kind.MATRIX
          ? Conversion.convert(tensor, matrices, java.lang.foreign.Arena.ofAuto()) : tensor);
    }
    return new NamedTensors("random weights", tensors);
  }

  int[] tokens(ModelConfig config, int count) {
    return random.ints(count, 0, config.vocabularySize()).toArray();
  }

  private int pick(int... values) {
    return values[random.nextInt(values.length)];
  }

  private <T> T choose(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }
}
