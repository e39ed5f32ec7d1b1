package org.terraformer.domain.layer.reversible;

import org.terraformer.domain.layer.Layer;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.Scale;
import org.terraformer.ports.recording.Recorder;

/**
 * Adds a layer of the second stream to the first: {@code (x1 + layer(x2), x2)}; its reverse is {@code (y1 - layer(y2), y2)}.
 */
public record HalfResidual(Layer layer) implements ReversibleLayer {

  @Override
  public Streams record(Recorder recorder, Streams x) {
    return new Streams(recorder.addReversibly(x.first(), () -> layer.record(recorder, x.second())), x.second());
  }

  @Override
  public Streams reverse(Recorder recorder, Streams y) {
    Value residual = layer.record(recorder, y.second());
    return new Streams(recorder.apply(new Add(), y.first(), recorder.apply(new Scale(-1), residual)), y.second());
  }
}
