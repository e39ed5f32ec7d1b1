package org.terraformer.domain.layer.attention;

import org.terraformer.domain.config.Options;
import org.terraformer.domain.layer.Dense;
import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerContext;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Rotary;
import org.terraformer.ports.recording.Recorder;

/**
 * Attention by hashing with dense projections of the whole width, so that a model trained with dense attention can go on with it:
 * {@code y = output(attention((query(x) + key(x)) / 2, value(x)))}; see {@link LshAttentionCore}.
 *
 * <p>Scopes: {@code query} and {@code key}, or {@code query_key}; {@code value}, {@code output}.
 *
 * @param heads a divisor of the width
 * @param shareQueryKey whether one projection serves queries and keys
 * @param biased whether the projections have a bias
 * @param rotary whether queries and keys get a rotary position embedding over the whole width
 */
public record PureLshAttention(int width, int heads, boolean shareQueryKey, boolean biased, boolean rotary, AttentionCore core)
    implements Layer {
  private static final int SPARSE_KERNEL_LENGTH = 3;

  /**
   * Options: {@code heads}, {@code projections} (dense), {@code share_query_key} (false); if dense, {@code biased} (true) and
   * {@code rotary} (false); if sparse, {@code modules} (heads) and, for training, {@code kernel_scaling} (false); {@code hashes}
   * (1), {@code buckets} (a number or a list of factors; as many as suit the model's length), {@code chunk_length} (128),
   * {@code chunks_before} (1), {@code standard_length} (0).
   */
  public static final LayerType TYPE = LayerType.of(LayerRole.ATTENTION, "pure_lsh", (options, context) -> {
    LshAttentionCore core = core(options, context, true);
    return options.choice("projections", Projections.class, Projections.DENSE) == Projections.DENSE ? dense(options, context, core)
        : new SparseQkvAttention(context.width(), CausalSelfAttention.heads(options, context), CausalSelfAttention.modules(options, context),
            SPARSE_KERNEL_LENGTH, options.flag("share_query_key", false), SparseQkvAttention.ValueInput.MULTIPLICATIVE,
            SparseQkvAttention.OutputLayers.NONE, options.flag("kernel_scaling", false), core);
  });

  /** Of an encoder. Options: as {@link #TYPE}, and {@code chunks_after} (0); projections are dense. */
  public static final LayerType ENCODER_TYPE = LayerType.of(LayerRole.ENCODER_ATTENTION, "pure_lsh", (options, context) -> {
    if (options.choice("projections", Projections.class, Projections.DENSE) != Projections.DENSE) {
      throw options.wrong("projections", "sparse", "must be dense in an encoder");
    }
    return dense(options, context, core(options, context, false));
  });

  private static LshAttentionCore core(Options options, LayerContext context, boolean causal) {
    return LshAttentionCore.of(options, context.maxLength(), causal, options.integer("standard_length", 0, Integer.MAX_VALUE, 0));
  }

  private static PureLshAttention dense(Options options, LayerContext context, LshAttentionCore core) {
    return new PureLshAttention(context.width(), CausalSelfAttention.heads(options, context), options.flag("share_query_key", false),
        options.flag("biased", true), rotary(options, context), core);
  }

  private static final float ROTARY_BASE = 10_000;

  /** What makes queries, keys and values. */
  public enum Projections {
    DENSE,
    /** Those of {@link SparseQkvAttention}, without a layer after attention. */
    SPARSE
  }

  private static boolean rotary(Options options, LayerContext context) {
    boolean rotary = options.flag("rotary", false);
    if (rotary && context.width() % 2 != 0) {
      throw options.wrong("rotary", true, "needs an even width");
    }
    return rotary;
  }

  @Override
  public Value record(Recorder recorder, Value x) {
    Dense dense = new Dense(width, biased);
    Value query = rotated(recorder, dense.record(recorder.scope(shareQueryKey ? "query_key" : "query"), x));
    Value key = shareQueryKey ? query : rotated(recorder, dense.record(recorder.scope("key"), x));
    Value value = dense.record(recorder.scope("value"), x);
    return dense.record(recorder.scope("output"), core.attend(recorder, query, key, value, heads));
  }

  private Value rotated(Recorder recorder, Value x) {
    return rotary ? recorder.apply(new Rotary(ROTARY_BASE), x, recorder.rowPositions()) : x;
  }
}
