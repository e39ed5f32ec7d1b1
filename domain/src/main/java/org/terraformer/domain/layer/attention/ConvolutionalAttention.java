package org.terraformer.domain.layer.attention;

import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.domain.layer.sparse.ConvolutionalDense;

/**
 * Causal attention whose four projections are locally convolutional dense layers.
 */
public final class ConvolutionalAttention {
  /** Options: {@code heads}, {@code modules} (heads), {@code kernel} (1), {@code kernel_length} (1). */
  public static final LayerType TYPE = LayerType.of(LayerRole.ATTENTION, "convolutional", (options, context) -> of(
      context.width(), CausalSelfAttention.heads(options, context), CausalSelfAttention.modules(options, context),
      CausalSelfAttention.oddKernel(options, "kernel", 1), options.integer("kernel_length", 1, 1000, 1)));

  private ConvolutionalAttention() {}

  /**
   * @param heads a divisor of the width
   * @param modules the number of modules S, a divisor of the width
   * @param kernel the number of neighbouring modules seen, odd
   * @param length the number of time steps seen, the present one included
   */
  public static CausalSelfAttention of(int width, int heads, int modules, int kernel, int length) {
    Layer projection = new ConvolutionalDense(modules, width / modules, kernel, length);
    return new CausalSelfAttention(projection, projection, projection, projection, heads);
  }
}
