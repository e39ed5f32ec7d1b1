package org.terraformer.domain.layer.attention;

import java.util.Optional;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.random.AttentionDropout;
import org.terraformer.ports.recording.Chance;
import org.terraformer.ports.recording.Recorder;

/**
 * How an attention of training draws the weights that it leaves out.
 *
 * @param seed of the run: I32 scalar
 */
record DrawnWeights(AttentionDropout dropout, Value seed) {

  /** Those of one more attention of a recording; none where all weights stay. */
  static Optional<DrawnWeights> of(Recorder recorder) {
    float rate = (float) recorder.dropout().attention();
    return rate == 0 ? Optional.empty() : recorder.chance().map(chance -> {
      Chance.Stream stream = chance.stream(recorder);
      return new DrawnWeights(new AttentionDropout(rate, stream.number()), stream.seed());
    });
  }
}
