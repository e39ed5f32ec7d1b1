package org.terraformer.domain.layer.sparse;

import org.terraformer.domain.config.Options;
import org.terraformer.domain.layer.Dense;
import org.terraformer.domain.layer.EinsumDense;
import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerContext;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.domain.layer.LowRankDense;
import org.terraformer.domain.layer.RandomBranch;

/**
 * The sparse loss (logits) layers of the paper (section 3.3) and its ablations: layers with fewer weights onto the vocabulary.
 */
public final class SparseLogits {
  /**
   * A {@link MultiplicativeDense} layer, the paper's sparse loss. Options: {@code modules}, a divisor of the vocabulary's size;
   * for training {@code sparse_probability} (1), with which a call uses this layer and not a dense one that is trained beside it.
   */
  public static final LayerType MULTIPLICATIVE = LayerType.of(LayerRole.LOGITS, "multiplicative", (options, context) -> {
    Layer sparse = new MultiplicativeDense(divisor(options, context.vocabularySize(), "vocabulary size"),
        context.vocabularySize());
    double probability = options.number("sparse_probability", 0, 1, 1);
    return probability == 1 ? sparse : new RandomBranch(sparse, new Dense(context.vocabularySize()), probability);
  });

  /** A {@link LowRankDense} layer. Options: {@code low_rank}. */
  public static final LayerType LOW_RANK = LayerType.of(LayerRole.LOGITS, "low_rank",
      (options, context) -> new LowRankDense(context.vocabularySize(), options.size("low_rank")));

  /** An {@link EinsumDense} layer. No options. */
  public static final LayerType EINSUM = LayerType.of(LayerRole.LOGITS, "einsum",
      (options, context) -> new EinsumDense(context.vocabularySize()));

  /** A {@link ModularDense} layer in which a module sees itself. Options: {@code modules}. */
  public static final LayerType LOCAL = LayerType.of(LayerRole.LOGITS, "local",
      (options, context) -> local(options, context, 1));

  /** A {@link ModularDense} layer in which a module sees itself and both neighbours. Options: {@code modules}. */
  public static final LayerType LOCAL_3 = LayerType.of(LayerRole.LOGITS, "local3",
      (options, context) -> local(options, context, 3));

  private SparseLogits() {}

  private static ModularDense local(Options options, LayerContext context, int kernel) {
    int modules = divisor(options, context.vocabularySize(), "vocabulary size");
    if (context.width() % modules != 0) {
      throw options.wrong("modules", modules, "must divide the width %d".formatted(context.width()));
    }
    return new ModularDense(modules, context.vocabularySize() / modules, kernel);
  }

  private static int divisor(Options options, int size, String what) {
    int modules = options.size("modules");
    if (size % modules != 0) {
      throw options.wrong("modules", modules, "must divide the %s %d".formatted(what, size));
    }
    return modules;
  }
}
