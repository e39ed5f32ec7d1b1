package org.terraformer.cpu;

import static java.util.Map.entry;

import java.util.HashMap;
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
import org.terraformer.ports.operation.ModuleConvolution;
import org.terraformer.ports.operation.ModuleLinear;
import org.terraformer.ports.operation.Multiply;
import org.terraformer.ports.operation.Rotary;
import org.terraformer.ports.operation.SelectedRowsDot;
import org.terraformer.ports.operation.SelectedRowsSum;
import org.terraformer.ports.operation.SourceRows;
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
        int width = sizes.size(200);
        Extent extent = sizes.extent();
        Value x = recorder.input("x", DType.F32, extent, width);
        return recorder.apply(new SelectedRowsDot(), x, recorder.matrix("weight", blocks, choices, sizes.size(3), width),
            chosen(recorder, extent, blocks, choices));
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
      entry("rotary", (recorder, sizes) -> recorder.apply(new Rotary(sizes.flag() ? 100 : 10_000),
          recorder.input("x", DType.F32, Extent.ROW, sizes.size(4), 2 * sizes.size(40)), recorder.rowPositions())),
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
    all.putAll(TrainingKernelCases.ALL);
    return Map.copyOf(all);
  }

  /** Records one operation of this kind. */
  @FunctionalInterface
  interface KernelCase {
    Value record(Recorder recorder, RandomSizes sizes);
  }

  private static Value chosen(Recorder recorder, Extent extent, int blocks, int choices) {
    return chosen(recorder, recorder.input("scores", DType.F32, extent, blocks, choices));
  }

  /** The choice of each block. */
  static Value chosen(Recorder recorder, Value scores) {
    return recorder.apply(new BlockArgmax(), scores);
  }
}
