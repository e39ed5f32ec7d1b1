package org.terraformer.app.bench;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.ports.checkpoint.WeightSource;

/**
 * A model in a comparison.
 *
 * @param weights opens the weights it has; empty for random ones
 */
public record Contender(String name, ModelConfig config, Optional<Function<Arena, WeightSource>> weights) {

  /** The variants of a shape with random weights. */
  public static List<Contender> of(BenchShape shape, List<Variant> variants, int maxLength) {
    return variants.stream().map(variant -> new Contender(variant.label(), shape.config(variant, maxLength), Optional.empty())).toList();
  }

  /** A model and its dense twin. */
  public static List<Contender> withTwin(ModelConfig config, Optional<Function<Arena, WeightSource>> weights) {
    return List.of(new Contender(Variant.DENSE.label(), config.denseTwin(), Optional.empty()), new Contender("model", config, weights));
  }
}
