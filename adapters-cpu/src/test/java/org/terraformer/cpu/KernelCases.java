package org.terraformer.cpu;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Activation;
import org.terraformer.ports.operation.ActivationFunction;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.BlockArgmax;
import org.terraformer.ports.operation.CausalAttention;
import org.terraformer.ports.operation.Embedding;
import org.terraformer.ports.operation.Gate;
import org.terraformer.ports.operation.KeepLast;
import org.terraformer.ports.operation.LayerNorm;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.operation.LinearAttention;
import org.terraformer.ports.operation.LinearAttentionGradient;
import org.terraformer.ports.operation.MaskedAttention;
import org.terraformer.ports.operation.MemoryAttention;
import org.terraformer.ports.operation.ModuleConvolution;
import org.terraformer.ports.operation.ModuleLinear;
import org.terraformer.ports.operation.Multiply;
import org.terraformer.ports.operation.NotEqual;
import org.terraformer.ports.operation.RootMeanSquareNorm;
import org.terraformer.ports.operation.Rotary;
import org.terraformer.ports.operation.SelectedRowsDot;
import org.terraformer.ports.operation.SelectedRowsDotWhere;
import org.terraformer.ports.operation.SelectedRowsSum;
import org.terraformer.ports.operation.Shift;
import org.terraformer.ports.operation.SoftmaxFeatures;
import org.terraformer.ports.operation.SourceRows;
import org.terraformer.ports.operation.gradient.SelectedRowsWeightGradient;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/** For each kernel its operation, recorded with operands of random sizes; a kernel is compared with the plain one through its case. */
final class KernelCases {
  private static final Map<String, KernelCase> DECODING = Map.ofEntries(
      entry("linear", (recorder, sizes) -> {
        int inputs = sizes.size(200);
        int outputs = sizes.size(80);
        int vectors = sizes.size(3);
        Value x = recorder.input("x", DType.F32, sizes.extent(), vectors, inputs);
        Value weight = recorder.matrix("weight", outputs, inputs);
        return sizes.flag() ? recorder.apply(new Linear(false), x, weight)
            : recorder.apply(new Linear(true), x, weight, recorder.vector("bias", sizes.flag() ? vectors * outputs : outputs));
      }),
      entry("selected_rows_dot", (recorder, sizes) -> {
        int blocks = sizes.size(20);
        int choices = sizes.size(9);
        int width = sizes.flag() ? 32 * sizes.size(3) : sizes.size(200);
        Extent extent = sizes.extent();
        Value x = recorder.input("x", DType.F32, extent, width);
        return recorder.apply(new SelectedRowsDot(), x, recorder.matrix("weight", blocks, choices, sizes.size(3), width),
            chosen(recorder, extent, blocks, choices));
      }),
      entry("selected_rows_dot_where", (recorder, sizes) -> {
        int blocks = sizes.size(20);
        int choices = sizes.size(9);
        int group = sizes.flag() ? 1 : sizes.size(3);
        int width = sizes.flag() ? 32 * sizes.size(3) : sizes.size(200);
        Extent extent = sizes.extent();
        return recorder.apply(new SelectedRowsDotWhere(), recorder.input("x", DType.F32, extent, width),
            recorder.matrix("weight", blocks, choices, group, width), chosen(recorder, extent, blocks, choices),
            recorder.input("active", DType.F32, extent, blocks, group));
      }),
      entry("selected_rows_sum", (recorder, sizes) -> {
        int blocks = sizes.size(20);
        int choices = sizes.size(9);
        int group = sizes.size(3);
        int width = sizes.size(200);
        Extent extent = sizes.extent();
        Value x = recorder.input("x", DType.F32, extent, blocks, group);
        Value weight = recorder.matrix("weight", blocks, choices, group, width);
        Value chosen = chosen(recorder, extent, blocks, choices);
        return sizes.flag() ? recorder.apply(new SelectedRowsSum(false), x, weight, chosen)
            : recorder.apply(new SelectedRowsSum(true), x, weight, chosen, recorder.vector("bias", width));
      }),
      entry("selected_rows_weight_gradient", (recorder, sizes) -> {
        int blocks = sizes.size(20);
        int choices = sizes.size(9);
        Extent extent = sizes.extent();
        return recorder.apply(new SelectedRowsWeightGradient(choices), recorder.input("a", DType.F32, extent, blocks, sizes.size(3)),
            recorder.input("v", DType.F32, extent, sizes.size(200)), chosen(recorder, extent, blocks, choices));
      }),
      entry("embedding", (recorder, sizes) -> recorder.apply(new Embedding(), recorder.input("ids", DType.I32, sizes.extent(), sizes.size(3)),
          recorder.matrix("table", sizes.size(30), sizes.size(200)))),
      entry("layer_norm", (recorder, sizes) -> {
        int width = sizes.size(200);
        Value x = recorder.input("x", DType.F32, sizes.extent(), sizes.size(3), width);
        Value scale = recorder.vector("scale", width);
        float epsilon = sizes.flag() ? 1e-6f : 1e-2f;
        return sizes.flag() ? recorder.apply(new LayerNorm(false, epsilon), x, scale)
            : recorder.apply(new LayerNorm(true, epsilon), x, scale, recorder.vector("bias", width));
      }),
      entry("add", (recorder, sizes) -> {
        int width = sizes.size(200);
        Extent extent = sizes.extent();
        return recorder.apply(new Add(), recorder.input("x", DType.F32, extent, width), recorder.input("z", DType.F32, extent, width));
      }),
      entry("multiply", (recorder, sizes) -> {
        int factors = sizes.size(40);
        int group = sizes.flag() ? 1 : sizes.size(9);
        Extent extent = sizes.extent();
        return recorder.apply(new Multiply(), recorder.input("x", DType.F32, extent, factors, group),
            recorder.input("factors", DType.F32, extent, factors));
      }),
      entry("gate", (recorder, sizes) -> {
        int width = sizes.size(200);
        return recorder.apply(new Gate(), recorder.input("x", DType.F32, sizes.extent(), width),
            recorder.vector("gates", sizes.size(5), width));
      }),
      entry("activation", (recorder, sizes) -> {
        ActivationFunction[] functions = ActivationFunction.values();
        return recorder.apply(new Activation(functions[sizes.size(functions.length) - 1]),
            recorder.input("x", DType.F32, sizes.extent(), sizes.size(200)));
      }),
      entry("block_argmax", (recorder, sizes) -> recorder.apply(
          new BlockArgmax(), recorder.input("x", DType.F32, sizes.extent(), sizes.size(30), sizes.size(70)))),
      entry("module_linear", (recorder, sizes) -> {
        int modules = sizes.size(6);
        int inputs = sizes.size(70);
        int outputs = sizes.size(20);
        Value x = recorder.input("x", DType.F32, sizes.extent(), modules, inputs);
        Value weight = recorder.matrix("weight", modules, outputs, sizes.odd(7), inputs);
        return sizes.flag() ? recorder.apply(new ModuleLinear(false), x, weight)
            : recorder.apply(new ModuleLinear(true), x, weight, recorder.vector("bias", modules, outputs));
      }),
      entry("module_convolution", (recorder, sizes) -> {
        int modules = sizes.size(6);
        int inputs = sizes.size(70);
        int outputs = sizes.size(20);
        int length = sizes.size(5);
        Value x = recorder.input("x", DType.F32, Extent.ROW, modules, inputs);
        Value weight = recorder.matrix("weight", outputs, length, sizes.odd(7), inputs);
        Value history = recorder.slotState("history", length - 1, modules, inputs);
        return sizes.flag() ? recorder.apply(new ModuleConvolution(false), x, weight, recorder.startPositions(), history)
            : recorder.apply(new ModuleConvolution(true), x, weight, recorder.startPositions(), history, recorder.vector("bias", outputs));
      }),
      entry("causal_attention", (recorder, sizes) -> {
        int heads = sizes.size(5);
        int keys = heads * sizes.size(40);
        int values = sizes.flag() ? keys : heads * sizes.size(40);
        return recorder.apply(new CausalAttention(heads), recorder.input("query", DType.F32, Extent.ROW, keys),
            recorder.input("key", DType.F32, Extent.ROW, keys), recorder.input("value", DType.F32, Extent.ROW, values),
            recorder.startPositions(), recorder.contextState("keys", keys), recorder.contextState("values", values));
      }),
      entry("linear_attention", (recorder, sizes) -> {
        int heads = sizes.size(3);
        int keys = heads * sizes.size(40);
        int values = heads * sizes.size(40);
        boolean causal = sizes.flag();
        // Features are positive, so that no sum of weights comes near zero.
        List<Value> operands = attentionInputs(recorder, keys, values);
        operands.replaceAll(x -> recorder.apply(new Shift(0.1f), recorder.apply(new Activation(ActivationFunction.RELU), x)));
        if (causal) {
          operands.addAll(List.of(recorder.startPositions(), recorder.slotState("sums", keys, values / heads + 1)));
        }
        return recorder.apply(new LinearAttention(heads, causal), operands);
      }),
      entry("linear_attention_gradient", (recorder, sizes) -> {
        int heads = sizes.size(3);
        int values = heads * sizes.size(40);
        List<Value> operands = attentionInputs(recorder, heads * sizes.size(40), values);
        operands.replaceAll(x -> recorder.apply(new Shift(0.1f), recorder.apply(new Activation(ActivationFunction.RELU), x)));
        operands.add(recorder.input("upstream", DType.F32, Extent.ROW, values));
        return recorder.apply(new LinearAttentionGradient(heads, sizes.flag()), operands);
      }),
      entry("softmax_features", (recorder, sizes) -> {
        int heads = sizes.size(3);
        return recorder.apply(new SoftmaxFeatures(heads, sizes.size(70), sizes.flag()),
            recorder.input("x", DType.F32, Extent.ROW, heads * sizes.size(40)));
      }),
      entry("root_mean_square_norm", (recorder, sizes) -> recorder.apply(new RootMeanSquareNorm(1e-6f),
          recorder.input("x", DType.F32, sizes.extent(), sizes.size(4), sizes.size(100)))),
      entry("rotary", (recorder, sizes) -> recorder.apply(new Rotary(sizes.flag() ? 100 : 10_000),
          recorder.input("x", DType.F32, Extent.ROW, sizes.size(4), 2 * sizes.size(40)), recorder.rowPositions())),
      entry("masked_attention", (recorder, sizes) -> {
        int heads = sizes.size(5);
        // Keys of more than 256 elements do not fit a tile.
        int keys = heads * (sizes.size(4) == 1 ? 256 + sizes.size(40) : sizes.size(40));
        int values = sizes.flag() ? keys : heads * sizes.size(40);
        return recorder.apply(new MaskedAttention(heads), recorder.input("query", DType.F32, Extent.ROW, keys),
            recorder.input("key", DType.F32, Extent.ROW, keys), recorder.input("value", DType.F32, Extent.ROW, values),
            recorder.apply(new NotEqual(sizes.size(3)), recorder.apply(new BlockArgmax(),
                recorder.input("scores", DType.F32, Extent.ROW, 1, 4))));
      }),
      entry("memory_attention", (recorder, sizes) -> {
        int heads = sizes.size(5);
        int tokens = sizes.size(70);
        int keySize = sizes.size(40);
        return recorder.apply(new MemoryAttention(heads), recorder.input("query", DType.F32, Extent.ROW, heads * keySize),
            recorder.input("keys", DType.F32, Extent.FIXED, heads, tokens, keySize),
            recorder.input("values", DType.F32, Extent.FIXED, heads, tokens, sizes.size(40)));
      }),
      entry("source_rows", (recorder, sizes) -> recorder.apply(new SourceRows(sizes.flag()),
          recorder.input("x", DType.F32, Extent.ROW, sizes.size(200)), recorder.rowPositions(),
          recorder.input("lengths", DType.I32, Extent.SEQUENCE))),
      entry("keep_last", (recorder, sizes) -> recorder.apply(
          new KeepLast(), recorder.input("x", DType.F32, Extent.ROW, sizes.size(200)))));

  /** By operation name. */
  static final Map<String, KernelCase> ALL = all();

  private KernelCases() {}

  private static Map<String, KernelCase> all() {
    Map<String, KernelCase> all = new HashMap<>(DECODING);
    all.putAll(WindowKernelCases.ALL);
    all.putAll(TrainingKernelCases.ALL);
    return Map.copyOf(all);
  }

  /** Records one operation of this kind. */
  @FunctionalInterface
  interface KernelCase {
    Value record(Recorder recorder, RandomSizes sizes);
  }

  /** Queries, keys and values. */
  static List<Value> attentionInputs(Recorder recorder, int keys, int values) {
    return new ArrayList<>(List.of(recorder.input("query", DType.F32, Extent.ROW, keys), recorder.input("key", DType.F32, Extent.ROW, keys),
        recorder.input("value", DType.F32, Extent.ROW, values)));
  }

  private static Value chosen(Recorder recorder, Extent extent, int blocks, int choices) {
    return chosen(recorder, recorder.input("scores", DType.F32, extent, blocks, choices));
  }

  /** The choice of each block. */
  static Value chosen(Recorder recorder, Value scores) {
    return recorder.apply(new BlockArgmax(), scores);
  }
}
