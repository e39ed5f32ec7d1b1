package org.terraformer.domain.layer.attention;

import org.terraformer.domain.layer.Dense;
import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.DroppedAttention;
import org.terraformer.ports.operation.MaskedAttention;
import org.terraformer.ports.recording.Recorder;

/**
 * Bidirectional multi-head attention with dense projections and a padding mask:
 * {@code y = output(attention(query(x), key(x), value(x)))}; see {@link MaskedAttention}. It needs all rows of a sequence in one
 * run.
 *
 * <p>Scopes: {@code query}, {@code key}, {@code value}, {@code output}.
 *
 * <p>The mask is that of the recorder.
 */
public record MaskedSelfAttention(int width, int heads) implements Layer {
  /** Options: {@code heads}. */
  public static final LayerType TYPE = LayerType.of(LayerRole.ENCODER_ATTENTION, "dense",
      (options, context) -> new MaskedSelfAttention(context.width(), CausalSelfAttention.heads(options, context)));

  @Override
  public Value record(Recorder recorder, Value x) {
    Value q = new Dense(width).record(recorder.scope("query"), x);
    Value k = new Dense(width).record(recorder.scope("key"), x);
    Value v = new Dense(width).record(recorder.scope("value"), x);
    return new Dense(width).record(recorder.scope("output"), attend(recorder, q, k, v, recorder.mask(), heads));
  }

  /** Attention of queries to the rows that are not masked; some of its weights are left out if the recording wants it. */
  static Value attend(Recorder recorder, Value q, Value k, Value v, Value mask, int heads) {
    return DrawnWeights.of(recorder)
        .map(drawn -> recorder.apply(new DroppedAttention(heads, false, drawn.dropout()), q, k, v, mask, drawn.seed()))
        .orElseGet(() -> recorder.apply(new MaskedAttention(heads), q, k, v, mask));
  }
}
