package org.terraformer.domain.layer.attention;

import java.util.ArrayList;
import java.util.List;
import org.terraformer.domain.layer.Dense;
import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Activation;
import org.terraformer.ports.operation.ActivationFunction;
import org.terraformer.ports.operation.HideRows;
import org.terraformer.ports.operation.LinearAttention;
import org.terraformer.ports.operation.Shift;
import org.terraformer.ports.operation.SoftmaxFeatures;
import org.terraformer.ports.recording.Recorder;

/**
 * FAVOR+ (Choromanski et al., "Rethinking attention with Performers", 2020): attention by positive features of queries and keys,
 * in time linear in the length; see {@link LinearAttention}. The features are {@code max(x, 0) + 0.001}, or random ones that
 * approximate softmax. A causal layer keeps two sums for each head, whatever the length, so that decoding takes the same time at
 * every position. There are no weights of single keys that training could leave out.
 *
 * <p>Scopes: {@code query}, {@code key}, {@code value}, {@code output}, all dense with bias.
 *
 * @param heads a divisor of the width
 * @param randomFeatures the number of random features of a head; 0 for the rectified ones, which a causal layer has
 * @param masked whether rows can be hidden, by the recorder's mask, where attention is not causal
 */
public record FavorAttention(int width, int heads, int randomFeatures, boolean causal, boolean masked) implements Layer {
  /** The name of the type. */
  public static final String NAME = "favor";

  private static final int MOST_FEATURES = 65_536;

  /** Options: {@code heads}. */
  public static final LayerType TYPE = LayerType.of(LayerRole.ATTENTION, NAME, (options, context) ->
      new FavorAttention(context.width(), CausalSelfAttention.heads(options, context), 0, true, false));

  /** Of an encoder. Options: {@code heads}, {@code random_features} (0: none). */
  public static final LayerType ENCODER_TYPE = LayerType.of(LayerRole.ENCODER_ATTENTION, NAME, (options, context) ->
      new FavorAttention(context.width(), CausalSelfAttention.heads(options, context),
          options.integer("random_features", 0, MOST_FEATURES, 0), false, true));

  private static final float LEAST = 0.001f;

  @Override
  public Value record(Recorder recorder, Value x) {
    Value query = features(recorder, new Dense(width).record(recorder.scope("query"), x), false);
    Value key = features(recorder, new Dense(width).record(recorder.scope("key"), x), true);
    Value value = new Dense(width).record(recorder.scope("value"), x);
    Value visible = masked ? recorder.apply(new HideRows(), key, recorder.mask()) : key;
    List<Value> operands = new ArrayList<>(List.of(query, visible, value));
    if (causal) {
      operands.add(recorder.startPositions());
      operands.add(recorder.slotState("sums", key.width(), value.width() / heads + 1));
    }
    Value attended = recorder.apply(new LinearAttention(heads, causal), operands);
    return new Dense(width).record(recorder.scope("output"), attended);
  }

  private Value features(Recorder recorder, Value x, boolean overRows) {
    return randomFeatures == 0
        ? recorder.apply(new Shift(LEAST), recorder.apply(new Activation(ActivationFunction.RELU), x))
        : recorder.apply(new SoftmaxFeatures(heads, randomFeatures, overRows), x);
  }
}
