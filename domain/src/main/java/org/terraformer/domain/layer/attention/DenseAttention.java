package org.terraformer.domain.layer.attention;

import java.util.Optional;
import org.terraformer.domain.layer.Dense;
import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.domain.layer.sparse.CausalDepthwiseConvolution;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.recording.Recorder;

/**
 * Causal attention with dense projections, each optionally followed by a depthwise convolution over time (all but the output).
 */
public final class DenseAttention {
  /** Options: {@code heads}, {@code depthwise_length} (0: none), {@code rotary_base} (0: none; otherwise from 1). */
  public static final LayerType TYPE = LayerType.of(LayerRole.ATTENTION, "dense", (options, context) -> {
    int heads = CausalSelfAttention.heads(options, context);
    double base = options.number("rotary_base", 0, 1e9, 0);
    if (base > 0 && base < 1) {
      throw options.wrong("rotary_base", base, "must be 0 (none) or from 1");
    }
    if (base > 0 && context.width() / heads % 2 != 0) {
      throw options.wrong("heads", heads, "must give heads of even width for rotary positions");
    }
    return of(context.width(), heads, options.integer("depthwise_length", 0, 1000, 0),
        base > 0 ? Optional.of((float) base) : Optional.empty());
  });

  private DenseAttention() {}

  /**
   * @param heads a divisor of the width; with a rotary base, heads have an even width
   * @param depthwiseLength time steps of the depthwise convolutions; 0 for none
   */
  public static CausalSelfAttention of(int width, int heads, int depthwiseLength, Optional<Float> rotaryBase) {
    Layer projection = depthwiseLength == 0 ? new Dense(width) : new ConvolvedDense(width, depthwiseLength);
    return new CausalSelfAttention(projection, projection, projection, new Dense(width), heads, rotaryBase);
  }

  private record ConvolvedDense(int width, int length) implements Layer {

    @Override
    public Value record(Recorder recorder, Value x) {
      Value y = new Dense(width).record(recorder, x);
      return new CausalDepthwiseConvolution(length).record(recorder.scope("depthwise"), y);
    }
  }
}
