package org.terraformer.domain.layer.recurrent;

import org.terraformer.domain.layer.Dense;
import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.recording.Recorder;

/**
 * The recurrent branch beside a feed-forward layer: {@code y = Dense_width(SRU(... SRU(Dense_units(norm(x)))))}.
 *
 * <p>Scopes: {@code norm}, {@code input}, {@code units.0} and so on, {@code output}.
 *
 * @param units the size of the recurrent units
 * @param layers how many of them, one after another
 */
public record RecurrentBranch(int width, int units, int layers, Layer normalization) implements Layer {
  /** Options: {@code units} (32), {@code layers} (1). */
  public static final LayerType TYPE = LayerType.of(LayerRole.RECURRENCE, "simple_recurrent_unit",
      (options, context) -> new RecurrentBranch(
          context.width(), options.size("units", 32), options.integer("layers", 1, 64, 1), context.normalization()));

  @Override
  public Value record(Recorder recorder, Value x) {
    Value y = normalization.record(recorder.scope("norm"), x);
    y = new Dense(units).record(recorder.scope("input"), y);
    for (int layer = 0; layer < layers; layer++) {
      y = new SimpleRecurrentUnit().record(recorder.scope("units." + layer), y);
    }
    return new Dense(width).record(recorder.scope("output"), y);
  }
}
