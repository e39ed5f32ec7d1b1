package org.terraformer.domain.layer.attention;

import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.domain.layer.LowRankDense;

/**
 * Causal attention whose four projections are low-rank dense layers.
 */
public final class LowRankAttention {
  /** Options: {@code heads}, {@code low_rank} (64). */
  public static final LayerType TYPE = LayerType.of(LayerRole.ATTENTION, "low_rank", (options, context) -> of(
      context.width(), CausalSelfAttention.heads(options, context), options.size("low_rank", 64)));

  private LowRankAttention() {}

  /**
   * @param heads a divisor of the width
   * @param lowRank the size of each projection's narrow middle
   */
  public static CausalSelfAttention of(int width, int heads, int lowRank) {
    Layer projection = new LowRankDense(width, lowRank);
    return new CausalSelfAttention(projection, projection, projection, projection, heads);
  }
}
