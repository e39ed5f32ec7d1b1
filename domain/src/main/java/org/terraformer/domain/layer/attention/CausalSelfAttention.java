package org.terraformer.domain.layer.attention;

import java.util.Optional;
import org.terraformer.domain.config.Options;
import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerContext;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.CausalAttention;
import org.terraformer.ports.operation.DroppedAttention;
import org.terraformer.ports.operation.Rotary;
import org.terraformer.ports.recording.Recorder;

/**
 * Causal multi-head attention with any layers in the place of the four projections:
 * {@code y = output(attention(query(x), key(x), value(x)))}, heads being equal contiguous slices (Vaswani et al., 2017); see
 * {@link CausalAttention}.
 *
 * <p>Scopes: {@code query}, {@code key}, {@code value}, {@code output}. State: the keys and values of all positions.
 *
 * @param rotaryBase the base of a rotary position embedding on queries and keys of each head, if there is one
 */
public record CausalSelfAttention(
    Layer query, Layer key, Layer value, Layer output, int heads, Optional<Float> rotaryBase) implements Layer {

  public CausalSelfAttention(Layer query, Layer key, Layer value, Layer output, int heads) {
    this(query, key, value, output, heads, Optional.empty());
  }

  @Override
  public Value record(Recorder recorder, Value x) {
    Value q = rotated(recorder, query.record(recorder.scope("query"), x));
    Value k = rotated(recorder, key.record(recorder.scope("key"), x));
    Value v = value.record(recorder.scope("value"), x);
    return output.record(recorder.scope("output"), attend(recorder, q, k, v, heads));
  }

  private Value rotated(Recorder recorder, Value x) {
    if (rotaryBase.isEmpty()) {
      return x;
    }
    Value byHead = recorder.reshape(x, heads, x.width() / heads);
    return recorder.reshape(recorder.apply(new Rotary(rotaryBase.get()), byHead, recorder.rowPositions()), x.width());
  }

  static Value attend(Recorder recorder, Value query, Value key, Value value, int heads) {
    return DrawnWeights.of(recorder)
        .map(drawn -> recorder.apply(new DroppedAttention(heads, true, drawn.dropout()), query, key, value, drawn.seed()))
        .orElseGet(() -> recorder.apply(new CausalAttention(heads), query, key, value, recorder.startPositions(),
            recorder.contextState("keys", key.width()), recorder.contextState("values", value.width())));
  }

  /** The option {@code heads}, a divisor of the model's width. */
  static int heads(Options options, LayerContext context) {
    return divisor(options, "heads", options.size("heads"), context.width());
  }

  /** The option {@code modules}, a divisor of the model's width; as many as heads where it is absent. */
  static int modules(Options options, LayerContext context) {
    return divisor(options, "modules", options.size("modules", options.size("heads")), context.width());
  }

  /** A kernel length over modules: odd. */
  static int oddKernel(Options options, String field, int otherwise) {
    int kernel = options.integer(field, 1, 1001, otherwise);
    if (kernel % 2 == 0) {
      throw options.wrong(field, kernel, "must be odd");
    }
    return kernel;
  }

  static int divisor(Options options, String field, int value, int width) {
    if (width % value != 0) {
      throw options.wrong(field, value, "must divide the width %d".formatted(width));
    }
    return value;
  }
}
