package org.terraformer.app.bench;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.terraformer.domain.config.Architecture;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.Models;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.tensor.DType;

/**
 * A model in a comparison.
 *
 * @param dtype the type of its matrices
 * @param weights opens the weights it has; empty for random ones in memory
 * @param sourceLength tokens of the source that it decodes behind; of no meaning for a model that reads none
 */
public record Contender(String name, ModelConfig config, DType dtype, Optional<Function<Arena, WeightSource>> weights,
    int sourceLength) {

  /** A model that reads no source. */
  public Contender(String name, ModelConfig config, DType dtype, Optional<Function<Arena, WeightSource>> weights) {
    this(name, config, dtype, weights, 1);
  }

  /** The variants of a shape with random weights. */
  public static List<Contender> of(BenchShape shape, List<Variant> variants, BenchOptions options) {
    return variants.stream()
        .map(variant -> new Contender(variant.label(), shape.config(variant, options.capacity()), options.dtype(), Optional.empty())).toList();
  }

  /** The models of a shape that read a source, with random weights. */
  public static List<Contender> of(SourceShape shape, BenchOptions options, int sourceLength) {
    int positions = Math.max(options.capacity(), sourceLength);
    return List.of(
        new Contender(SourceShape.DENSE, shape.dense(positions), options.dtype(), Optional.empty(), sourceLength),
        new Contender(SourceShape.TERRAFORMER, shape.terraformer(positions), options.dtype(), Optional.empty(), sourceLength));
  }

  /** A model and its dense twin with random weights. */
  public static List<Contender> withTwin(ModelConfig config, DType dtype, Optional<Function<Arena, WeightSource>> weights,
      int sourceLength) {
    return List.of(new Contender(Variant.DENSE.label(), config.denseTwin(), dtype, Optional.empty(), sourceLength),
        new Contender("model", config, dtype, weights, sourceLength));
  }

  /** Whether the model reads a source before it decodes. */
  public boolean readsSource() {
    return config.architecture().encoder().isPresent();
  }

  /** All that the model has weights for. */
  Program model(LayerTypes types) {
    return Models.record(config, types);
  }

  /** What decodes. */
  Program decoder(LayerTypes types) {
    return Models.decoder(config, types, sourceLength);
  }

  /** The positions in the cache behind so many tokens; a Terraformer has its source there, too. */
  int cached(int tokens) {
    return tokens + (config.architecture() instanceof Architecture.Terraformer ? sourceLength : 0);
  }

  /** The same model without its blocks: embedding, final norm and logits, and what joins the two parts of a Terraformer. */
  Contender withoutBlocks() {
    return new Contender(name, Depth.of(config, 0), dtype, weights, sourceLength);
  }

  /** The same model for sequences of another length, with its weights where they are known. */
  Contender withMaxLength(int maxLength, Optional<Function<Arena, WeightSource>> opened) {
    return new Contender(name, config.withMaxLength(maxLength), dtype, opened, sourceLength);
  }
}
