package org.terraformer.domain.layer;

import java.util.List;
import java.util.function.Consumer;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/**
 * Layer types whose layers compute for one part of the rows after another, as the reference's chunked layers do, so that hidden
 * activations and logits take the memory of a part.
 */
public final class InParts {
  private InParts() {}

  /** Makes something of logits and targets. */
  @FunctionalInterface
  public interface Answers {
    List<Value> of(Recorder recorder, Value logits, Value targets);
  }

  /**
   * Feed-forward layers in parts, and logits, too, which are made into answers at once. A model of these types gives the first
   * answer where others give logits.
   *
   * @param targets the input with an I32 target for each row that has logits
   * @param sink gets all answers, for all rows
   */
  public static LayerTypes of(LayerTypes types, String targets, Answers answers, Consumer<List<Value>> sink) {
    return types
        .with(LayerRole.FEED_FORWARD, layer -> (recorder, x) ->
            recorder.inParts(List.of(x), part -> List.of(layer.record(recorder, part.getFirst()))).getFirst())
        .with(LayerRole.LOGITS, layer -> (recorder, x) -> {
          List<Value> all = recorder.inParts(List.of(x, recorder.input(targets, DType.I32, x.extent())),
              part -> answers.of(recorder, layer.record(recorder, part.getFirst()), part.get(1)));
          sink.accept(all);
          return all.getFirst();
        });
  }
}
