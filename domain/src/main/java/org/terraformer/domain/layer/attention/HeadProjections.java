package org.terraformer.domain.layer.attention;

import java.util.function.UnaryOperator;
import org.terraformer.domain.config.Options;
import org.terraformer.domain.layer.DropoutLayer;
import org.terraformer.domain.layer.LayerContext;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.operation.LinearTransposed;
import org.terraformer.ports.operation.RootMeanSquareNorm;
import org.terraformer.ports.recording.Recorder;

/**
 * The projections of Reformer attention, head by head, without an output bias. As in the reference, dropout in training leaves out
 * features of the output in all rows of a run at once.
 *
 * @param keySize elements of a query or key of one head
 * @param valueSize elements of a value of one head
 * @param shareQueryKey whether the keys are the normalised queries
 */
public record HeadProjections(int width, int heads, int keySize, int valueSize, boolean shareQueryKey, boolean biased) {
  private static final float EPSILON = 1e-6f;

  /**
   * Queries and keys [heads, keySize], values [heads, valueSize].
   *
   * @param outputLayer from the attended values [heads * valueSize] to the width
   */
  record Projected(Value query, Value key, Value value, UnaryOperator<Value> outputLayer) {
    Value output(Value attended) {
      return outputLayer.apply(attended);
    }
  }

  /**
   * Reads the options {@code heads}, {@code key_size} and {@code value_size} (the width divided by the heads), and without a
   * shared query {@code share_query_key} (false) and {@code biased} (false).
   *
   * @param shared whether queries and keys are shared in any case
   */
  static HeadProjections of(Options options, LayerContext context, boolean shared) {
    int heads = CausalSelfAttention.heads(options, context);
    int size = context.width() / heads;
    return new HeadProjections(context.width(), heads, options.size("key_size", size), options.size("value_size", size),
        shared || options.flag("share_query_key", false), !shared && options.flag("biased", false));
  }

  /** Records all weights, in the reference's order, then the projections. */
  Projected record(Recorder recorder, Value x) {
    Value queryWeight = recorder.scope("query").matrix("weight", heads, keySize, width);
    Value keyWeight = shareQueryKey ? null : recorder.scope("key").matrix("weight", heads, keySize, width);
    Value valueWeight = recorder.scope("value").matrix("weight", heads, valueSize, width);
    Value outputWeight = recorder.scope("output").matrix("weight", heads, valueSize, width);
    Value query = project(recorder.scope("query"), x, queryWeight, keySize);
    Value key = shareQueryKey ? normalized(recorder, query) : project(recorder.scope("key"), x, keyWeight, keySize);
    Value value = project(recorder.scope("value"), x, valueWeight, valueSize);
    return new Projected(query, key, value,
        attended -> new DropoutLayer(recorder.dropout().hidden(), Extent.FIXED).record(
            recorder.scope("output"), recorder.scope("output").apply(new LinearTransposed(false), attended, outputWeight)));
  }

  private Value project(Recorder recorder, Value x, Value weight, int size) {
    Value y = biased ? recorder.apply(new Linear(true), x, weight, recorder.vector("bias", heads, size))
        : recorder.apply(new Linear(false), x, weight);
    return recorder.reshape(y, heads, size);
  }

  /** Keys of queries that lie head by head. */
  static Value normalized(Recorder recorder, Value query) {
    return recorder.apply(new RootMeanSquareNorm(EPSILON), query);
  }
}
