package org.terraformer.domain.layer;

import java.util.Optional;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.recording.Recorder;

/**
 * A feed-forward layer on the normalised input and, where the model has one, a recurrent branch beside it:
 * {@code y = feedForward(norm(x)) + recurrence(x)}. The caller adds x itself.
 *
 * <p>Scopes: {@code feed_forward_norm}, {@code feed_forward}, {@code recurrence}.
 */
public record FeedForwardBlock(Layer normalization, Layer feedForward, Optional<Layer> recurrence) implements Layer {

  @Override
  public Value record(Recorder recorder, Value x) {
    Value normalized = normalization.record(recorder.scope("feed_forward_norm"), x);
    Value y = feedForward.record(recorder.scope("feed_forward"), normalized);
    return recurrence.isEmpty() ? y
        : recorder.apply(new Add(), y, recurrence.get().record(recorder.scope("recurrence"), x));
  }
}
