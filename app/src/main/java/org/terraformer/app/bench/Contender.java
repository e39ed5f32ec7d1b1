package org.terraformer.app.bench;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.tensor.DType;

/**
 * A model in a comparison.
 *
 * @param dtype the type of its matrices
 * @param weights opens the weights it has; empty for random ones in memory
 */
public record Contender(String name, ModelConfig config, DType dtype, Optional<Function<Arena, WeightSource>> weights) {

  /** The variants of a shape with random weights. */
  public static List<Contender> of(BenchShape shape, List<Variant> variants, BenchOptions options) {
    return variants.stream()
        .map(variant -> new Contender(variant.label(), shape.config(variant, options.capacity()), options.dtype(), Optional.empty())).toList();
  }

  /** A model and its dense twin with random weights. */
  public static List<Contender> withTwin(ModelConfig config, DType dtype, Optional<Function<Arena, WeightSource>> weights) {
    return List.of(new Contender(Variant.DENSE.label(), config.denseTwin(), dtype, Optional.empty()),
        new Contender("model", config, dtype, weights));
  }

  /** The same model without its blocks: embedding, final norm and logits. */
  Contender withoutBlocks() {
    ModelConfig none = new ModelConfig(config.vocabularySize(), config.width(), 0, config.maxLength(), config.normalization(), config.positions(),
        config.attention(), config.feedForward(), config.recurrence(), config.logits(), config.startId(), config.endId(), config.paddingId(),
        config.tokenizer());
    return new Contender(name, none, dtype, weights);
  }

  Contender withWeights(Function<Arena, WeightSource> opened) {
    return new Contender(name, config, dtype, Optional.of(opened));
  }
}
