package org.terraformer.domain.layer.attention;

import java.util.Optional;
import org.terraformer.domain.layer.Dense;
import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.sparse.ConvolutionalDense;
import org.terraformer.domain.layer.sparse.MultiplicativeDense;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.MemoryAttention;
import org.terraformer.ports.recording.Recorder;

/**
 * Attention of the decoder's rows to those of the encoder: {@code y = output(attention(query(x), key(m), value(m)))} (Vaswani et al., 2017).
 *
 * <p>Scopes: {@code query}, {@code key}, {@code value}, {@code output}.
 *
 * @param output what follows attention; empty for nothing
 */
public record CrossAttention(Layer query, Layer key, Layer value, Optional<Layer> output, int heads) {
  private static final int SPARSE_KERNEL = 3;

  /** All projections dense. */
  public static CrossAttention dense(int width, int heads) {
    Layer dense = new Dense(width);
    return new CrossAttention(dense, dense, dense, Optional.of(dense), heads);
  }

  /**
   * Queries of a multiplicative dense layer and a convolution over three modules and three steps, as in sparse QKV; keys and values stay dense,
   * as they are computed once for each source.
   *
   * @param modules the paper's S for the queries
   * @param outputModules that of two such layers after attention; 0 for none
   */
  public static CrossAttention sparse(int width, int heads, int modules, int outputModules) {
    return new CrossAttention(multiplied(width, modules), new Dense(width), new Dense(width),
        outputModules == 0 ? Optional.empty() : Optional.of(multiplied(width, outputModules)), heads);
  }

  private static Layer multiplied(int width, int modules) {
    return (recorder, x) -> new ConvolutionalDense(modules, width / modules, SPARSE_KERNEL, SPARSE_KERNEL).record(
        recorder.scope("convolution"), new MultiplicativeDense(modules, width).record(recorder.scope("multiplicative"), x));
  }

  /**
   * Records attention among rows of the same run: row t of the decoder sees all rows of the encoder's that are not masked.
   *
   * @param keyRows what keys are made of
   * @param valueRows what values are made of, mostly the same
   * @param mask I32 for each row: 0 hides the encoder's row
   */
  public Value record(Recorder recorder, Value x, Value keyRows, Value valueRows, Value mask) {
    Value q = query.record(recorder.scope("query"), x);
    Value k = keys(recorder, keyRows);
    Value v = values(recorder, valueRows);
    return project(recorder, MaskedSelfAttention.attend(recorder, q, k, v, mask, heads));
  }

  /**
   * Records attention to a source whose keys and values are there already.
   *
   * @param keys F32 [heads, tokens, size], as {@link MemoryAttention} takes them
   * @param values likewise
   */
  public Value attend(Recorder recorder, Value x, Value keys, Value values) {
    Value q = query.record(recorder.scope("query"), x);
    return project(recorder, recorder.apply(new MemoryAttention(heads), q, keys, values));
  }

  /** Records the keys of encoder rows. */
  public Value keys(Recorder recorder, Value rows) {
    return key.record(recorder.scope("key"), rows);
  }

  /** Records the values of encoder rows. */
  public Value values(Recorder recorder, Value rows) {
    return value.record(recorder.scope("value"), rows);
  }

  private Value project(Recorder recorder, Value attended) {
    return output.map(layer -> layer.record(recorder.scope("output"), attended)).orElse(attended);
  }
}
