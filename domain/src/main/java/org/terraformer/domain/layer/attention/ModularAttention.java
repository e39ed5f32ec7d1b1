package org.terraformer.domain.layer.attention;

import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.domain.layer.sparse.ModularDense;

/**
 * Causal attention whose four projections are modular (locally connected) dense layers.
 */
public final class ModularAttention {
  /** Options: {@code heads}, {@code modules} (heads), {@code kernel} (1). */
  public static final LayerType TYPE = LayerType.of(LayerRole.ATTENTION, "modular", (options, context) -> of(
      context.width(), CausalSelfAttention.heads(options, context), CausalSelfAttention.modules(options, context),
      CausalSelfAttention.oddKernel(options, "kernel", 1)));

  private ModularAttention() {}

  /**
   * @param heads a divisor of the width
   * @param modules the number of modules S, a divisor of the width
   * @param kernel the number of neighbouring modules seen, odd
   */
  public static CausalSelfAttention of(int width, int heads, int modules, int kernel) {
    Layer projection = new ModularDense(modules, width / modules, kernel);
    return new CausalSelfAttention(projection, projection, projection, projection, heads);
  }
}
