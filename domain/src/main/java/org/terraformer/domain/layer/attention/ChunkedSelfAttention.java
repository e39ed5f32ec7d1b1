package org.terraformer.domain.layer.attention;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.terraformer.domain.config.Options;
import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerContext;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.AttentionWindow;
import org.terraformer.ports.operation.ChunkedAttention;
import org.terraformer.ports.operation.DroppedChunkedAttention;
import org.terraformer.ports.recording.Recorder;

/**
 * Full attention as Reformer has it (Kitaev et al., 2020): with projections by head, over all rows or over neighbouring chunks of
 * them, and with queries that may serve as keys too: {@code k = q / sqrt(mean(q^2) + 1e-6)}; then a row attends to itself only
 * where there is nothing else. {@code y = sum_h attention_h(x) W_h}; see {@link ChunkedAttention}.
 *
 * <p>Weights: {@code query.weight} [heads, keySize, width], {@code key.weight} unless shared, {@code value.weight} [heads,
 * valueSize, width], {@code output.weight} [heads, valueSize, width]; if biased, {@code query.bias} [heads, keySize],
 * {@code key.bias}, {@code value.bias}. State, if causal: the keys and values of all positions.
 *
 * @param chunkLength rows of a chunk; 0 for one chunk of all rows
 * @param before chunks seen before a row's own
 * @param after chunks seen behind it
 * @param masked whether rows can be hidden, by the recorder's mask, where attention is not causal
 */
public record ChunkedSelfAttention(HeadProjections projections, int chunkLength, int before, int after, boolean causal,
    boolean masked) implements Layer {
  /**
   * Options: {@code heads}, {@code key_size}, {@code value_size} (both the width divided by the heads), {@code share_query_key}
   * (false), {@code biased} (false), {@code chunk_length} (0: all rows), {@code chunks_before} (0).
   */
  public static final LayerType TYPE = LayerType.of(LayerRole.ATTENTION, "chunked", (options, context) -> of(options, context, true));

  /** Of an encoder. Options: as {@link #TYPE}, and {@code chunks_after} (0). */
  public static final LayerType ENCODER_TYPE =
      LayerType.of(LayerRole.ENCODER_ATTENTION, "chunked", (options, context) -> of(options, context, false));

  private static final int MOST_CHUNKS = 1000;

  private static ChunkedSelfAttention of(Options options, LayerContext context, boolean causal) {
    int chunkLength = options.integer("chunk_length", 0, Integer.MAX_VALUE, 0);
    int before = options.integer("chunks_before", 0, MOST_CHUNKS, 0);
    int after = causal ? 0 : options.integer("chunks_after", 0, MOST_CHUNKS, 0);
    if (chunkLength == 0 && before + after > 0) {
      throw options.wrong(before > 0 ? "chunks_before" : "chunks_after", Math.max(before, after), "needs a chunk_length");
    }
    return new ChunkedSelfAttention(HeadProjections.of(options, context, false), chunkLength, before, after, causal, !causal);
  }

  @Override
  public Value record(Recorder recorder, Value x) {
    AttentionWindow window =
        new AttentionWindow(chunkLength, before, after, causal, projections.shareQueryKey(), masked);
    HeadProjections.Projected projected = projections.record(recorder, x);
    List<Value> operands = new ArrayList<>(List.of(projected.query(), projected.key(), projected.value()));
    if (masked) {
      operands.add(recorder.mask());
    }
    Optional<DrawnWeights> drawn = DrawnWeights.of(recorder);
    if (drawn.isPresent()) {
      operands.add(drawn.get().seed());
      return projected.output(
          recorder.apply(new DroppedChunkedAttention(projections.heads(), window, drawn.get().dropout()), operands));
    }
    if (causal) {
      operands.add(recorder.startPositions());
      operands.add(recorder.contextState("keys", projected.key().shape().elements()));
      operands.add(recorder.contextState("values", projected.value().shape().elements()));
    }
    return projected.output(recorder.apply(new ChunkedAttention(projections.heads(), window), operands));
  }
}
