package org.terraformer.domain.layer;

import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.KeepIf;
import org.terraformer.ports.recording.Recorder;

/**
 * Trains two layers in turns: a whole call uses the first with a probability, else the second. Outside of training the first is
 * all there is; the second has no weights then.
 *
 * <p>Scopes: that of the recorder for the first layer, {@code other} for the second.
 */
public record RandomBranch(Layer first, Layer second, double probability) implements Layer {

  @Override
  public Value record(Recorder recorder, Value x) {
    Value y = first.record(recorder, x);
    return recorder.chance().map(chance -> {
      Value z = second.record(recorder.scope("other"), x);
      Value draw = chance.uniform(recorder, "branch", Extent.FIXED, 0, 1);
      return recorder.apply(new Add(), recorder.apply(new KeepIf((float) probability, true), y, draw),
          recorder.apply(new KeepIf((float) probability, false), z, draw));
    }).orElse(y);
  }
}
