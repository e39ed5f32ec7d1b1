package org.terraformer.domain.layer;

import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Embedding;
import org.terraformer.ports.recording.Initialization;
import org.terraformer.ports.recording.Recorder;

/**
 * Rows of a table, one for each token id; ids beyond the table are clipped to it.
 *
 * <p>Weights: {@code weight} [vocabulary, width].
 */
public record TokenEmbedding(int vocabularySize, int width) implements Layer {

  @Override
  public Value record(Recorder recorder, Value ids) {
    return recorder.apply(new Embedding(), ids, table(recorder));
  }

  /** Records the table alone, for a model that looks up more than one input in it. */
  public Value table(Recorder recorder) {
    Initialization unitLength = new Initialization.Uniform(Math.sqrt(3.0 / width));
    return recorder.matrix("weight", unitLength, vocabularySize, width);
  }
}
