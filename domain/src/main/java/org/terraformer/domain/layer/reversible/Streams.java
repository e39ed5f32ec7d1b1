package org.terraformer.domain.layer.reversible;

import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.Scale;
import org.terraformer.ports.recording.Recorder;

/**
 * The two streams of a reversible network (Gomez et al., 2017).
 *
 * @param first the stream that the next half residual adds to
 * @param second the stream that it reads
 */
public record Streams(Value first, Value second) {

  /** Both streams alike. */
  public static Streams both(Value x) {
    return new Streams(x, x);
  }

  /** {@code (first + second) / 2}. */
  public Value mean(Recorder recorder) {
    return recorder.apply(new Scale(0.5f), recorder.apply(new Add(), first, second));
  }
}
