package org.terraformer.domain.layer.attention;

import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.recording.Recorder;

/**
 * The attention of Reformer (Kitaev et al., 2020): projections by head, shared queries and keys, and attention among rows that
 * hashing brings together; see {@link LshAttentionCore}.
 *
 * <p>Weights: {@code query.weight} [heads, keySize, width], {@code value.weight} [heads, valueSize, width], {@code output.weight}
 * [heads, valueSize, width].
 *
 * @param projections with shared queries and keys
 */
public record LshSelfAttention(HeadProjections projections, LshAttentionCore core) implements Layer {
  /**
   * Options: {@code heads}, {@code key_size}, {@code value_size} (both the width divided by the heads), {@code hashes} (1),
   * {@code buckets} (a number or a list of factors; as many as suit the model's length), {@code chunk_length} (128),
   * {@code chunks_before} (1).
   */
  public static final LayerType TYPE = LayerType.of(LayerRole.ATTENTION, "lsh", (options, context) -> new LshSelfAttention(
      HeadProjections.of(options, context, true), LshAttentionCore.of(options, context.maxLength(), true, 0)));

  /** Of an encoder. Options: as {@link #TYPE}, and {@code chunks_after} (0). */
  public static final LayerType ENCODER_TYPE = LayerType.of(LayerRole.ENCODER_ATTENTION, "lsh", (options, context) -> new LshSelfAttention(
      HeadProjections.of(options, context, true), LshAttentionCore.of(options, context.maxLength(), false, 0)));

  @Override
  public Value record(Recorder recorder, Value x) {
    HeadProjections.Projected projected = projections.record(recorder, x);
    return projected.output(
        core.attend(recorder, projected.query(), projected.query(), projected.value(), projections.heads()));
  }
}
