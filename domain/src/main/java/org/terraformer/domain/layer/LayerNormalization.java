package org.terraformer.domain.layer;

import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.LayerNorm;
import org.terraformer.ports.recording.Initialization;
import org.terraformer.ports.recording.Recorder;

/**
 * Layer normalisation (Ba et al., 2016), centred or, as RMS norm (Zhang and Sennrich, 2019), not: see {@link LayerNorm}.
 *
 * <p>Weights: {@code scale} [width] and, if centred, {@code bias} [width].
 */
public record LayerNormalization(boolean centred, double epsilon) implements Layer {
  /** Options: {@code centred} (true), {@code epsilon} (1e-6; from 1e-12, so that equal features do not divide by zero). */
  public static final LayerType TYPE = LayerType.of(LayerRole.NORMALIZATION, "layer_norm",
      (options, context) -> new LayerNormalization(options.flag("centred", true), options.number("epsilon", 1e-12, 1, 1e-6)));

  @Override
  public Value record(Recorder recorder, Value x) {
    LayerNorm norm = new LayerNorm(centred, (float) epsilon);
    long width = x.shape().columns();
    Value scale = recorder.vector("scale", new Initialization.Constant(1), width);
    return centred
        ? recorder.apply(norm, x, scale, recorder.vector("bias", new Initialization.Constant(0), width))
        : recorder.apply(norm, x, scale);
  }
}
