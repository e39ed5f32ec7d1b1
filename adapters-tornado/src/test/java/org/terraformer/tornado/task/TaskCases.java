package org.terraformer.tornado.task;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Activation;
import org.terraformer.ports.operation.ActivationFunction;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.BlockArgmax;
import org.terraformer.ports.operation.BlockSoftmaxAt;
import org.terraformer.ports.operation.ChannelScale;
import org.terraformer.ports.operation.Concatenate;
import org.terraformer.ports.operation.CrossEntropy;
import org.terraformer.ports.operation.DepthwiseConvolution;
import org.terraformer.ports.operation.DriftingSinusoid;
import org.terraformer.ports.operation.Embedding;
import org.terraformer.ports.operation.Gate;
import org.terraformer.ports.operation.KeepLast;
import org.terraformer.ports.operation.LayerNorm;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.operation.LinearTransposed;
import org.terraformer.ports.operation.ModuleConvolution;
import org.terraformer.ports.operation.ModuleLinear;
import org.terraformer.ports.operation.Multiply;
import org.terraformer.ports.operation.NotEqual;
import org.terraformer.ports.operation.PermuteFeatures;
import org.terraformer.ports.operation.PositionDigits;
import org.terraformer.ports.operation.PositionEquals;
import org.terraformer.ports.operation.PositionIndex;
import org.terraformer.ports.operation.RootMeanSquareNorm;
import org.terraformer.ports.operation.Rotary;
import org.terraformer.ports.operation.Scale;
import org.terraformer.ports.operation.SelectedRowsDot;
import org.terraformer.ports.operation.SelectedRowsSum;
import org.terraformer.ports.operation.Shift;
import org.terraformer.ports.operation.SimpleRecurrence;
import org.terraformer.ports.operation.Sinusoid;
import org.terraformer.ports.operation.Softmax;
import org.terraformer.ports.operation.StopGradient;
import org.terraformer.ports.operation.TopValues;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/** For each kernel its operation, recorded with operands of random sizes. */
final class TaskCases {
  private static final Map<String, TaskCase> OTHERS = Map.ofEntries(
      entry("linear", (recorder, sizes) -> {
        int vectors = sizes.upTo(3);
        int inputs = sizes.upTo(150);
        int outputs = sizes.upTo(40);
        Value x = recorder.input("x", DType.F32, sizes.extent(), vectors, inputs);
        Value weight = recorder.matrix("weight", outputs, inputs);
        return sizes.flag() ? recorder.apply(new Linear(false), x, weight)
            : recorder.apply(new Linear(true), x, weight, recorder.vector("bias", sizes.flag() ? vectors * outputs : outputs));
      }),
      entry("linear_transposed", (recorder, sizes) -> {
        int inputs = sizes.upTo(100);
        int outputs = sizes.upTo(40);
        Value x = recorder.input("x", DType.F32, sizes.extent(), sizes.upTo(3), outputs);
        Value weight = recorder.matrix("weight", outputs, inputs);
        return sizes.flag() ? recorder.apply(new LinearTransposed(false), x, weight)
            : recorder.apply(new LinearTransposed(true), x, weight, recorder.vector("bias", inputs));
      }),
      entry("module_linear", (recorder, sizes) -> {
        int modules = sizes.upTo(6);
        int inputs = sizes.upTo(40);
        int outputs = sizes.upTo(20);
        Value x = recorder.input("x", DType.F32, sizes.extent(), modules, inputs);
        Value weight = recorder.matrix("weight", modules, outputs, 2 * sizes.upTo(4) - 1, inputs);
        return sizes.flag() ? recorder.apply(new ModuleLinear(false), x, weight)
            : recorder.apply(new ModuleLinear(true), x, weight, recorder.vector("bias", modules, outputs));
      }),
      entry("module_convolution", (recorder, sizes) -> {
        int modules = sizes.upTo(6);
        int inputs = sizes.upTo(40);
        int outputs = sizes.upTo(10);
        int length = sizes.upTo(5);
        Value x = recorder.input("x", DType.F32, Extent.ROW, modules, inputs);
        Value weight = recorder.matrix("weight", outputs, length, 2 * sizes.upTo(4) - 1, inputs);
        Value history = recorder.slotState("history", length - 1, modules, inputs);
        return sizes.flag() ? recorder.apply(new ModuleConvolution(false), x, weight, recorder.startPositions(), history)
            : recorder.apply(new ModuleConvolution(true), x, weight, recorder.startPositions(), history, recorder.vector("bias", outputs));
      }),
      entry("depthwise_convolution", (recorder, sizes) -> {
        int width = sizes.upTo(90);
        int length = sizes.upTo(5);
        return recorder.apply(new DepthwiseConvolution(), recorder.input("x", DType.F32, Extent.ROW, width),
            recorder.vector("weight", length, width), recorder.startPositions(), recorder.slotState("history", length - 1, width));
      }),
      entry("simple_recurrence", (recorder, sizes) -> {
        int width = sizes.upTo(90);
        return recorder.apply(new SimpleRecurrence(), recorder.input("x", DType.F32, Extent.ROW, width),
            recorder.input("gates", DType.F32, Extent.ROW, 3 * width), recorder.startPositions(), recorder.slotState("carry", width));
      }),
      entry("selected_rows_dot", (recorder, sizes) -> {
        int blocks = sizes.upTo(20);
        int choices = sizes.upTo(9);
        int width = sizes.upTo(150);
        Extent extent = sizes.extent();
        return recorder.apply(new SelectedRowsDot(), recorder.input("x", DType.F32, extent, width),
            recorder.matrix("weight", blocks, choices, sizes.upTo(3), width), chosen(recorder, extent, blocks, choices));
      }),
      entry("selected_rows_sum", (recorder, sizes) -> {
        int blocks = sizes.upTo(20);
        int choices = sizes.upTo(9);
        int group = sizes.upTo(3);
        int width = sizes.upTo(100);
        Extent extent = sizes.extent();
        Value x = recorder.input("x", DType.F32, extent, blocks, group);
        Value weight = recorder.matrix("weight", blocks, choices, group, width);
        Value chosen = chosen(recorder, extent, blocks, choices);
        return sizes.flag() ? recorder.apply(new SelectedRowsSum(false), x, weight, chosen)
            : recorder.apply(new SelectedRowsSum(true), x, weight, chosen, recorder.vector("bias", width));
      }),
      entry("embedding", (recorder, sizes) -> recorder.apply(new Embedding(),
          recorder.input("ids", DType.I32, sizes.extent(), sizes.upTo(3)), recorder.matrix("table", sizes.upTo(30), sizes.upTo(100)))),
      entry("layer_norm", (recorder, sizes) -> {
        int width = sizes.upTo(150);
        Value x = recorder.input("x", DType.F32, sizes.extent(), sizes.upTo(3), width);
        Value scale = recorder.vector("scale", width);
        return sizes.flag() ? recorder.apply(new LayerNorm(false, 1e-6f), x, scale)
            : recorder.apply(new LayerNorm(true, 1e-2f), x, scale, recorder.vector("bias", width));
      }),
      entry("root_mean_square_norm", (recorder, sizes) -> recorder.apply(new RootMeanSquareNorm(1e-6f),
          recorder.input("x", DType.F32, sizes.extent(), sizes.upTo(3), sizes.upTo(100)))),
      entry("softmax", (recorder, sizes) ->
          recorder.apply(new Softmax(sizes.flag()), recorder.input("x", DType.F32, sizes.extent(), sizes.upTo(3), sizes.upTo(100)))),
      entry("cross_entropy", (recorder, sizes) -> {
        int choices = choices(sizes);
        Extent extent = sizes.extent();
        return recorder.apply(new CrossEntropy(sizes.flag() ? 0 : 0.1f), recorder.input("x", DType.F32, extent, choices),
            chosen(recorder, extent, 1, choices));
      }),
      entry("block_argmax", (recorder, sizes) ->
          recorder.apply(new BlockArgmax(), recorder.input("x", DType.F32, sizes.extent(), sizes.upTo(30), choices(sizes)))),
      entry("block_softmax_at", (recorder, sizes) -> {
        Value x = recorder.input("x", DType.F32, sizes.extent(), sizes.upTo(30), choices(sizes));
        return recorder.apply(new BlockSoftmaxAt(), x, recorder.apply(new BlockArgmax(), x));
      }),
      entry("top_values", (recorder, sizes) -> {
        int choices = choices(sizes);
        return recorder.apply(new TopValues(Math.min(choices, sizes.upTo(9))), recorder.input("x", DType.F32, sizes.extent(), choices),
            recorder.input("count", DType.I32, Extent.FIXED));
      }),
      entry("activation", (recorder, sizes) -> recorder.apply(
          new Activation(ActivationFunction.values()[sizes.upTo(ActivationFunction.values().length) - 1]),
          recorder.input("x", DType.F32, sizes.extent(), sizes.upTo(200)))),
      entry("add", (recorder, sizes) -> {
        int width = sizes.upTo(200);
        Extent extent = sizes.extent();
        return recorder.apply(new Add(), recorder.input("x", DType.F32, extent, width), recorder.input("z", DType.F32, extent, width));
      }),
      entry("multiply", (recorder, sizes) -> {
        int factors = sizes.upTo(40);
        Extent extent = sizes.extent();
        return recorder.apply(new Multiply(), recorder.input("x", DType.F32, extent, factors, sizes.upTo(9)),
            recorder.input("factors", DType.F32, extent, factors));
      }),
      entry("scale", (recorder, sizes) ->
          recorder.apply(new Scale(sizes.upTo(9) / 3f), recorder.input("x", DType.F32, sizes.extent(), sizes.upTo(200)))),
      entry("shift", (recorder, sizes) ->
          recorder.apply(new Shift(sizes.upTo(9) / 3f), recorder.input("x", DType.F32, sizes.extent(), sizes.upTo(200)))),
      entry("permute_features", (recorder, sizes) -> {
        List<Integer> order = IntStream.range(0, sizes.upTo(200)).boxed().collect(Collectors.toCollection(ArrayList::new));
        Collections.shuffle(order, new Random(sizes.upTo(1000)));
        return recorder.apply(new PermuteFeatures(order), recorder.input("x", DType.F32, sizes.extent(), order.size()));
      }),
      entry("channel_scale", (recorder, sizes) -> {
        int width = sizes.upTo(100);
        return recorder.apply(new ChannelScale(), recorder.input("x", DType.F32, sizes.extent(), sizes.upTo(4), width),
            recorder.vector("factors", width));
      }),
      entry("gate", (recorder, sizes) -> {
        int width = sizes.upTo(100);
        return recorder.apply(new Gate(), recorder.input("x", DType.F32, sizes.extent(), width),
            recorder.vector("gates", sizes.upTo(5), width));
      }),
      entry("concatenate", (recorder, sizes) -> {
        int vectors = sizes.upTo(3);
        Extent extent = sizes.extent();
        return recorder.apply(new Concatenate(), recorder.input("x", DType.F32, extent, vectors, sizes.upTo(50)),
            recorder.input("z", DType.F32, extent, vectors, sizes.upTo(50)));
      }),
      entry("not_equal", (recorder, sizes) ->
          recorder.apply(new NotEqual(sizes.upTo(9)), recorder.input("tokens", DType.I32, sizes.extent(), sizes.upTo(50)))),
      entry("stop_gradient", (recorder, sizes) ->
          recorder.apply(new StopGradient(), recorder.input("x", DType.F32, sizes.extent(), sizes.upTo(200)))),
      entry("keep_last", (recorder, sizes) ->
          recorder.apply(new KeepLast(), recorder.input("x", DType.F32, Extent.ROW, sizes.upTo(200)))),
      entry("row_positions", (recorder, sizes) -> recorder.rowPositions()),
      entry("position_index", (recorder, sizes) ->
          recorder.apply(new PositionIndex(sizes.upTo(5), sizes.upTo(5)), recorder.rowPositions())),
      entry("position_digits", (recorder, sizes) ->
          recorder.apply(new PositionDigits(List.of(1 + sizes.upTo(4), 1 + sizes.upTo(4)), sizes.upTo(4)), recorder.rowPositions())),
      entry("position_equals", (recorder, sizes) -> recorder.apply(new PositionEquals(sizes.upTo(9)), recorder.rowPositions())),
      entry("sinusoid", (recorder, sizes) -> recorder.apply(new Sinusoid(2 * sizes.upTo(40)), recorder.rowPositions())),
      entry("drifting_sinusoid", (recorder, sizes) ->
          recorder.apply(new DriftingSinusoid(sizes.upTo(60), sizes.flag() ? 1e-2 : 1e-4), recorder.rowPositions())),
      entry("rotary", (recorder, sizes) -> recorder.apply(new Rotary(sizes.flag() ? 100 : 10_000),
          recorder.input("x", DType.F32, Extent.ROW, sizes.upTo(4), 2 * sizes.upTo(40)), recorder.rowPositions())));

  /** By operation name. */
  static final Map<String, TaskCase> ALL = all();

  private TaskCases() {}

  private static Map<String, TaskCase> all() {
    Map<String, TaskCase> all = new HashMap<>(OTHERS);
    all.putAll(AttentionCases.ALL);
    return Map.copyOf(all);
  }

  /** Records one operation of this kind. */
  @FunctionalInterface
  interface TaskCase {
    Value record(Recorder recorder, Sizes sizes);
  }

  /** Random sizes. */
  record Sizes(SplittableRandom random) {
    int upTo(int most) {
      return random.nextInt(1, most + 1);
    }

    boolean flag() {
      return random.nextBoolean();
    }

    Extent extent() {
      return switch (random.nextInt(4)) {
        case 0 -> Extent.SEQUENCE;
        case 1 -> Extent.KEPT_ROW;
        default -> Extent.ROW;
      };
    }
  }

  /** Few, for a thread, or many, for a group. */
  private static int choices(Sizes sizes) {
    return sizes.flag() ? sizes.upTo(70) : 256 + sizes.upTo(100);
  }

  private static Value chosen(Recorder recorder, Extent extent, int blocks, int choices) {
    return recorder.apply(new BlockArgmax(), recorder.input("scores", DType.F32, extent, blocks, choices));
  }
}
