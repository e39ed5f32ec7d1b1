package org.terraformer.domain.layer.attention;

import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.domain.layer.sparse.MultiplicativeDense;

/**
 * Causal attention whose four projections are multiplicative dense layers.
 */
public final class MultiplicativeAttention {
  /** Options: {@code heads}, {@code modules} (heads). */
  public static final LayerType TYPE = LayerType.of(LayerRole.ATTENTION, "multiplicative", (options, context) -> of(
      context.width(), CausalSelfAttention.heads(options, context), CausalSelfAttention.modules(options, context)));

  private MultiplicativeAttention() {}

  /**
   * @param heads a divisor of the width
   * @param modules the number of modules S, a divisor of the width
   */
  public static CausalSelfAttention of(int width, int heads, int modules) {
    Layer projection = new MultiplicativeDense(modules, width);
    return new CausalSelfAttention(projection, projection, projection, projection, heads);
  }
}
