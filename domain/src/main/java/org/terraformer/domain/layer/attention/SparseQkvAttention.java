package org.terraformer.domain.layer.attention;

import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.domain.layer.sparse.ConvolutionalDense;
import org.terraformer.domain.layer.sparse.MultiplicativeDense;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Concatenate;
import org.terraformer.ports.recording.Recorder;

/**
 * The sparse QKV attention of the paper (section 3.2): one multiplicative dense layer shared by queries, keys and values, a small
 * convolution over time and modules for each, and no output projection unless asked for.
 * {@code y = mult(x); q = conv_{3xL}(y); k = conv_{3xL}(y); v = conv_{1xL}(y)}.
 *
 * <p>Scopes: {@code multiplicative}, {@code query} and {@code key} (or {@code query_key}), {@code value},
 * {@code output.multiplicative}, {@code output.convolution}.
 *
 * @param modules the paper's S, a divisor of the width; it may differ from the heads
 * @param kernelLength time steps of the convolutions, L
 * @param shareQueryKey whether one convolution serves queries and keys
 * @param valueInput what the values are made of
 * @param outputLayers what follows attention
 * @param kernelScaling whether the convolutions begin with {@linkplain ConvolutionalDense#kernelScaling smaller weights}
 * @param core how queries, keys and values become one
 */
public record SparseQkvAttention(int width, int heads, int modules, int kernelLength, boolean shareQueryKey,
    ValueInput valueInput, OutputLayers outputLayers, boolean kernelScaling, AttentionCore core) implements Layer {
  private static final int QUERY_KEY_KERNEL = 3;

  /**
   * Options: {@code heads}, {@code modules} (heads), {@code kernel_length} (3), {@code share_query_key} (false),
   * {@code value_input} (multiplicative), {@code output} (none); for training {@code kernel_scaling} (false).
   */
  public static final LayerType TYPE = LayerType.of(LayerRole.ATTENTION, "sparse_qkv", (options, context) -> {
    int heads = CausalSelfAttention.heads(options, context);
    int modules = CausalSelfAttention.modules(options, context);
    return new SparseQkvAttention(context.width(), heads, modules, options.integer("kernel_length", 1, 1000, 3),
        options.flag("share_query_key", false), options.choice("value_input", ValueInput.class, ValueInput.MULTIPLICATIVE),
        options.choice("output", OutputLayers.class, OutputLayers.NONE), options.flag("kernel_scaling", false),
        CausalSelfAttention::attend);
  });

  /** With dot products of all queries and keys, beginning as the reference's. */
  public SparseQkvAttention(int width, int heads, int modules, int kernelLength, boolean shareQueryKey, ValueInput valueInput,
      OutputLayers outputLayers) {
    this(width, heads, modules, kernelLength, shareQueryKey, valueInput, outputLayers, false, CausalSelfAttention::attend);
  }

  /** What the values' convolution reads. */
  public enum ValueInput {
    /** The multiplicative layer's result y alone; trax's concatenation type {@code none}. */
    MULTIPLICATIVE,
    /** Module by module y beside x; trax's {@code fixed}. */
    CONCATENATED_MODULES,
    /** All of y, then all of x, then split in modules; trax's {@code original}. */
    CONCATENATED
  }

  /** The layers after attention. */
  public enum OutputLayers {
    NONE,
    MULTIPLICATIVE,
    CONVOLUTIONAL,
    /** A multiplicative layer, then a convolution. */
    MULTIPLICATIVE_CONVOLUTIONAL
  }

  @Override
  public Value record(Recorder recorder, Value x) {
    Value y = new MultiplicativeDense(modules, width).record(recorder.scope("multiplicative"), x);
    Value query;
    Value key;
    if (shareQueryKey) {
      query = convolution(QUERY_KEY_KERNEL).record(recorder.scope("query_key"), y);
      key = query;
    } else {
      query = convolution(QUERY_KEY_KERNEL).record(recorder.scope("query"), y);
      key = convolution(QUERY_KEY_KERNEL).record(recorder.scope("key"), y);
    }
    Value value = convolution(1).record(recorder.scope("value"), valueInput(recorder, x, y));
    return output(recorder.scope("output"), core.attend(recorder, query, key, value, heads));
  }

  private ConvolutionalDense convolution(int kernel) {
    return new ConvolutionalDense(modules, width / modules, kernel, kernelLength, kernelScaling);
  }

  private Value valueInput(Recorder recorder, Value x, Value y) {
    int size = width / modules;
    return switch (valueInput) {
      case MULTIPLICATIVE -> y;
      case CONCATENATED_MODULES -> recorder.apply(
          new Concatenate(), recorder.reshape(y, modules, size), recorder.reshape(x, modules, size));
      case CONCATENATED -> recorder.apply(new Concatenate(), y, recorder.reshape(x, width));
    };
  }

  private Value output(Recorder recorder, Value attended) {
    Value y = attended;
    if (outputLayers == OutputLayers.MULTIPLICATIVE || outputLayers == OutputLayers.MULTIPLICATIVE_CONVOLUTIONAL) {
      y = new MultiplicativeDense(modules, width).record(recorder.scope("multiplicative"), y);
    }
    if (outputLayers == OutputLayers.CONVOLUTIONAL || outputLayers == OutputLayers.MULTIPLICATIVE_CONVOLUTIONAL) {
      y = convolution(QUERY_KEY_KERNEL).record(recorder.scope("convolution"), y);
    }
    return y;
  }
}
