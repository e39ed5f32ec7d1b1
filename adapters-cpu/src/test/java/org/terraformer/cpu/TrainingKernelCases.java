package org.terraformer.cpu;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.terraformer.cpu.KernelCases.KernelCase;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.ActivationFunction;
import org.terraformer.ports.operation.ActivationGradient;
import org.terraformer.ports.operation.BlockDraw;
import org.terraformer.ports.operation.BlockSoftmaxAt;
import org.terraformer.ports.operation.ChannelScale;
import org.terraformer.ports.operation.CrossEntropy;
import org.terraformer.ports.operation.Dropout;
import org.terraformer.ports.operation.DroppedAttention;
import org.terraformer.ports.operation.GatedRows;
import org.terraformer.ports.operation.GumbelNoise;
import org.terraformer.ports.operation.KeepIf;
import org.terraformer.ports.operation.LinearTransposed;
import org.terraformer.ports.operation.PartOfRows;
import org.terraformer.ports.operation.RowsOfParts;
import org.terraformer.ports.operation.Scale;
import org.terraformer.ports.operation.SimpleRecurrence;
import org.terraformer.ports.operation.Softmax;
import org.terraformer.ports.operation.StopGradient;
import org.terraformer.ports.operation.StraightThrough;
import org.terraformer.ports.operation.StraightThroughAt;
import org.terraformer.ports.operation.Uniform;
import org.terraformer.ports.operation.gradient.AttentionGradient;
import org.terraformer.ports.operation.gradient.BlockSoftmaxAtGradient;
import org.terraformer.ports.operation.gradient.ChannelScaleGradient;
import org.terraformer.ports.operation.gradient.Columns;
import org.terraformer.ports.operation.gradient.CrossEntropyGradient;
import org.terraformer.ports.operation.gradient.EmbeddingGradient;
import org.terraformer.ports.operation.gradient.GateGradient;
import org.terraformer.ports.operation.gradient.GateTransposed;
import org.terraformer.ports.operation.gradient.GatedRowsGatesGradient;
import org.terraformer.ports.operation.gradient.GatedRowsGradient;
import org.terraformer.ports.operation.gradient.GroupDot;
import org.terraformer.ports.operation.gradient.KeepLastGradient;
import org.terraformer.ports.operation.gradient.LayerNormGradient;
import org.terraformer.ports.operation.gradient.LayerNormScaleGradient;
import org.terraformer.ports.operation.gradient.LinearWeightGradient;
import org.terraformer.ports.operation.gradient.ModuleConvolutionTransposed;
import org.terraformer.ports.operation.gradient.ModuleConvolutionWeightGradient;
import org.terraformer.ports.operation.gradient.ModuleLinearTransposed;
import org.terraformer.ports.operation.gradient.ModuleLinearWeightGradient;
import org.terraformer.ports.operation.gradient.PartOfRowsGradient;
import org.terraformer.ports.operation.gradient.RotaryTransposed;
import org.terraformer.ports.operation.gradient.SimpleRecurrenceGradient;
import org.terraformer.ports.operation.gradient.SoftmaxFeaturesGradient;
import org.terraformer.ports.operation.gradient.SoftmaxGradient;
import org.terraformer.ports.operation.gradient.SumOverItems;
import org.terraformer.ports.random.AttentionDropout;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/** As {@link KernelCases}, for the kernels that only training needs. */
final class TrainingKernelCases {
  private static final float[] SMOOTHINGS = {0, 0.1f};
  private static final AttentionDropout DROPOUT = new AttentionDropout(0.3f, 2);

  /** By operation name. */
  static final Map<String, KernelCase> ALL = Map.ofEntries(
      entry("linear_transposed", (recorder, sizes) -> {
        int inputs = sizes.size(200);
        int outputs = sizes.size(80);
        Value x = recorder.input("x", DType.F32, sizes.extent(), sizes.size(3), outputs);
        Value weight = recorder.matrix("weight", outputs, inputs);
        return sizes.flag() ? recorder.apply(new LinearTransposed(false), x, weight)
            : recorder.apply(new LinearTransposed(true), x, weight, recorder.vector("bias", inputs));
      }),
      entry("linear_weight_gradient", (recorder, sizes) -> {
        int vectors = sizes.size(3);
        Extent extent = sizes.extent();
        return recorder.apply(new LinearWeightGradient(), recorder.input("u", DType.F32, extent, vectors, sizes.size(80)),
            recorder.input("x", DType.F32, extent, vectors, sizes.size(200)));
      }),
      entry("module_convolution_transposed", (recorder, sizes) -> {
        int outputs = sizes.size(70);
        return recorder.apply(new ModuleConvolutionTransposed(), recorder.input("u", DType.F32, Extent.ROW, sizes.size(6), outputs),
            recorder.matrix("weight", outputs, sizes.size(5), sizes.odd(7), sizes.size(70)));
      }),
      entry("module_convolution_weight_gradient", (recorder, sizes) -> {
        int modules = sizes.size(6);
        return recorder.apply(new ModuleConvolutionWeightGradient(sizes.size(5), sizes.odd(7)),
            recorder.input("u", DType.F32, Extent.ROW, modules, sizes.size(70)),
            recorder.input("x", DType.F32, Extent.ROW, modules, sizes.size(70)));
      }),
      entry("module_linear_transposed", (recorder, sizes) -> {
        int modules = sizes.size(6);
        int outputs = sizes.size(40);
        return recorder.apply(new ModuleLinearTransposed(), recorder.input("u", DType.F32, sizes.extent(), modules, outputs),
            recorder.matrix("weight", modules, outputs, sizes.odd(7), sizes.size(70)));
      }),
      entry("module_linear_weight_gradient", (recorder, sizes) -> {
        int modules = sizes.size(6);
        Extent extent = sizes.extent();
        return recorder.apply(new ModuleLinearWeightGradient(sizes.odd(7)), recorder.input("u", DType.F32, extent, modules, sizes.size(40)),
            recorder.input("x", DType.F32, extent, modules, sizes.size(70)));
      }),
      entry("simple_recurrence", (recorder, sizes) -> {
        int width = sizes.size(70);
        return recorder.apply(new SimpleRecurrence(), recorder.input("x", DType.F32, Extent.ROW, width),
            recorder.input("gates", DType.F32, Extent.ROW, 3 * width), recorder.startPositions(), recorder.slotState("carry", width));
      }),
      entry("simple_recurrence_gradient", (recorder, sizes) -> {
        int width = sizes.size(70);
        return recorder.apply(new SimpleRecurrenceGradient(), recorder.input("x", DType.F32, Extent.ROW, width),
            recorder.input("gates", DType.F32, Extent.ROW, 3 * width), recorder.input("u", DType.F32, Extent.ROW, width));
      }),
      entry("attention_gradient", (recorder, sizes) -> {
        int heads = sizes.size(4);
        int keys = heads * sizes.size(40);
        int values = heads * sizes.size(40);
        Value q = recorder.input("q", DType.F32, Extent.ROW, keys);
        Value k = recorder.input("k", DType.F32, Extent.ROW, keys);
        Value v = recorder.input("v", DType.F32, Extent.ROW, values);
        Value u = recorder.input("u", DType.F32, Extent.ROW, values);
        return switch (sizes.size(4)) {
          case 1 -> recorder.apply(new AttentionGradient(heads, true), q, k, v, u);
          case 2 -> recorder.apply(new AttentionGradient(heads, true, DROPOUT), q, k, v, u, seed(recorder));
          case 3 -> recorder.apply(new AttentionGradient(heads, false), q, k, v, u, mask(recorder));
          default -> recorder.apply(new AttentionGradient(heads, false, DROPOUT), q, k, v, u, mask(recorder), seed(recorder));
        };
      }),
      entry("dropped_attention", (recorder, sizes) -> {
        int heads = sizes.size(4);
        int keys = heads * sizes.size(40);
        Value q = recorder.input("q", DType.F32, Extent.ROW, keys);
        Value k = recorder.input("k", DType.F32, Extent.ROW, keys);
        Value v = recorder.input("v", DType.F32, Extent.ROW, heads * sizes.size(40));
        return sizes.flag() ? recorder.apply(new DroppedAttention(heads, true, DROPOUT), q, k, v, seed(recorder))
            : recorder.apply(new DroppedAttention(heads, false, DROPOUT), q, k, v, mask(recorder), seed(recorder));
      }),
      entry("softmax_features_gradient", (recorder, sizes) -> {
        int heads = sizes.size(3);
        int features = sizes.size(70);
        return recorder.apply(new SoftmaxFeaturesGradient(heads, features, sizes.flag()),
            recorder.input("x", DType.F32, Extent.ROW, heads * sizes.size(40)),
            recorder.input("u", DType.F32, Extent.ROW, heads * features));
      }),
      entry("layer_norm_gradient", (recorder, sizes) -> {
        int width = sizes.size(200);
        int vectors = sizes.size(3);
        Extent extent = sizes.extent();
        return recorder.apply(new LayerNormGradient(sizes.flag(), 1e-2f), recorder.input("x", DType.F32, extent, vectors, width),
            recorder.vector("scale", width), recorder.input("u", DType.F32, extent, vectors, width));
      }),
      entry("layer_norm_scale_gradient", (recorder, sizes) -> {
        LayerNormScaleGradient gradient = new LayerNormScaleGradient(sizes.flag(), 1e-2f);
        return pair(recorder, sizes.extent(), gradient, sizes.size(3), sizes.size(200));
      }),
      entry("cross_entropy", (recorder, sizes) -> {
        Extent extent = sizes.extent();
        return recorder.apply(new CrossEntropy(SMOOTHINGS[sizes.size(2) - 1]), recorder.input("x", DType.F32, extent, sizes.size(200)),
            recorder.input("targets", DType.I32, extent));
      }),
      entry("cross_entropy_gradient", (recorder, sizes) -> {
        Extent extent = sizes.extent();
        return recorder.apply(new CrossEntropyGradient(SMOOTHINGS[sizes.size(2) - 1]),
            recorder.input("x", DType.F32, extent, sizes.size(200)), recorder.input("targets", DType.I32, extent),
            recorder.input("u", DType.F32, extent));
      }),
      entry("softmax", (recorder, sizes) ->
          recorder.apply(new Softmax(sizes.flag()), recorder.input("x", DType.F32, sizes.extent(), sizes.size(5), sizes.size(70)))),
      entry("softmax_gradient", (recorder, sizes) -> {
        SoftmaxGradient gradient = new SoftmaxGradient(sizes.flag());
        return pair(recorder, sizes.extent(), gradient, sizes.size(5), sizes.size(70));
      }),
      entry("block_softmax_at", (recorder, sizes) -> {
        Value x = recorder.input("x", DType.F32, sizes.extent(), sizes.size(20), sizes.size(70));
        return recorder.apply(new BlockSoftmaxAt(), x, KernelCases.chosen(recorder, x));
      }),
      entry("block_softmax_at_gradient", (recorder, sizes) -> {
        int blocks = sizes.size(20);
        Value x = recorder.input("x", DType.F32, sizes.extent(), blocks, sizes.size(70));
        return recorder.apply(new BlockSoftmaxAtGradient(), x, KernelCases.chosen(recorder, x),
            recorder.input("u", DType.F32, x.extent(), blocks));
      }),
      entry("sum_over_items", (recorder, sizes) -> {
        int width = sizes.size(200);
        return recorder.apply(new SumOverItems(List.of((long) width)), recorder.input("x", DType.F32, sizes.extent(), sizes.size(4), width));
      }),
      entry("channel_scale_gradient", (recorder, sizes) ->
          pair(recorder, sizes.extent(), new ChannelScaleGradient(), sizes.size(4), sizes.size(200))),
      entry("gate_gradient", (recorder, sizes) -> {
        int width = sizes.size(100);
        Extent extent = sizes.extent();
        return recorder.apply(new GateGradient(), recorder.input("u", DType.F32, extent, sizes.size(4), width),
            recorder.input("x", DType.F32, extent, width));
      }),
      entry("embedding_gradient", (recorder, sizes) -> {
        int ids = sizes.size(3);
        Extent extent = sizes.extent();
        return recorder.apply(new EmbeddingGradient(sizes.size(30)), recorder.input("ids", DType.I32, extent, ids),
            recorder.input("u", DType.F32, extent, ids, sizes.size(200)));
      }),
      entry("scale", (recorder, sizes) ->
          recorder.apply(new Scale(0.3f), recorder.input("x", DType.F32, sizes.extent(), sizes.size(200)))),
      entry("channel_scale", (recorder, sizes) -> {
        int width = sizes.size(100);
        return recorder.apply(new ChannelScale(), recorder.input("x", DType.F32, sizes.extent(), sizes.size(4), width),
            recorder.vector("scale", width));
      }),
      entry("activation_gradient", (recorder, sizes) -> {
        ActivationFunction[] functions = ActivationFunction.values();
        ActivationGradient gradient = new ActivationGradient(functions[sizes.size(functions.length) - 1]);
        return pair(recorder, sizes.extent(), gradient, sizes.size(200));
      }),
      entry("group_dot", (recorder, sizes) -> {
        int groups = sizes.size(20);
        return pair(recorder, sizes.extent(), new GroupDot(List.of((long) groups)), groups, sizes.flag() ? 1 : sizes.size(70));
      }),
      entry("gate_transposed", (recorder, sizes) -> {
        int width = sizes.size(100);
        int modules = sizes.size(4);
        return recorder.apply(new GateTransposed(), recorder.input("u", DType.F32, sizes.extent(), modules, width),
            recorder.vector("gates", modules, width));
      }),
      entry("gated_rows", (recorder, sizes) -> {
        int width = sizes.size(100);
        return recorder.apply(new GatedRows(), recorder.vector("gates", sizes.size(5), width), recorder.matrix("weight", sizes.size(7), width));
      }),
      entry("gated_rows_gradient", (recorder, sizes) -> {
        int width = sizes.size(100);
        int modules = sizes.size(5);
        return recorder.apply(new GatedRowsGradient(), recorder.input("u", DType.F32, Extent.FIXED, (long) modules * sizes.size(7), width),
            recorder.vector("gates", modules, width));
      }),
      entry("gated_rows_gates_gradient", (recorder, sizes) -> {
        int width = sizes.size(100);
        int rows = sizes.size(7);
        return recorder.apply(new GatedRowsGatesGradient(), recorder.input("u", DType.F32, Extent.FIXED, (long) rows * sizes.size(5), width),
            recorder.matrix("weight", rows, width));
      }),
      entry("dropout", (recorder, sizes) -> {
        int width = sizes.size(200);
        Extent[] extents = {Extent.ROW, Extent.SEQUENCE, Extent.FIXED};
        return recorder.apply(new Dropout(0.4f), recorder.input("x", DType.F32, Extent.ROW, width),
            recorder.input("draws", DType.F32, extents[sizes.size(3) - 1], width));
      }),
      entry("uniform", (recorder, sizes) -> uniform(recorder, sizes, -2, 3)),
      entry("gumbel_noise", (recorder, sizes) -> {
        Value drawn = uniform(recorder, sizes, 1e-6f, 1 - 1e-6f);
        return recorder.apply(new GumbelNoise(0.3f), recorder.input("x", DType.F32, drawn.extent(), drawn.shape().toArray()), drawn);
      }),
      // So cold that hardly a drawn number comes near enough to where two choices meet to be rounded to the other.
      entry("block_draw", (recorder, sizes) -> recorder.apply(new BlockDraw(sizes.size(3), 0.001f),
          recorder.input("x", DType.F32, sizes.extent(), sizes.size(20), sizes.size(70)), seed(recorder))),
      entry("columns", (recorder, sizes) -> {
        int from = sizes.size(50) - 1;
        int kept = sizes.size(70);
        return recorder.apply(new Columns(from, from + kept),
            recorder.input("x", DType.F32, sizes.extent(), sizes.size(3), from + kept + sizes.size(20)));
      }),
      entry("keep_last_gradient", (recorder, sizes) ->
          recorder.apply(new KeepLastGradient(), recorder.input("u", DType.F32, Extent.KEPT_ROW, sizes.size(200)))),
      entry("part_of_rows", (recorder, sizes) -> recorder.apply(new PartOfRows(sizes.size(Extent.PARTS) - 1),
          recorder.input("x", DType.F32, sizes.flag() ? Extent.ROW : Extent.KEPT_ROW, sizes.size(200)))),
      entry("part_of_rows_gradient", (recorder, sizes) -> recorder.apply(
          new PartOfRowsGradient(sizes.size(Extent.PARTS) - 1, sizes.flag() ? Extent.ROW : Extent.KEPT_ROW),
          recorder.input("u", DType.F32, Extent.PART, sizes.size(200)))),
      entry("rows_of_parts", (recorder, sizes) -> {
        int width = sizes.size(200);
        return recorder.apply(new RowsOfParts(sizes.flag() ? Extent.ROW : Extent.KEPT_ROW), IntStream.range(0, Extent.PARTS)
            .mapToObj(part -> recorder.input("part " + part, DType.F32, Extent.PART, width)).toList());
      }),
      entry("stop_gradient", (recorder, sizes) ->
          recorder.apply(new StopGradient(), recorder.input("x", DType.F32, sizes.extent(), sizes.size(200)))),
      entry("keep_if", (recorder, sizes) -> recorder.apply(new KeepIf(0.2f, sizes.flag()),
          recorder.input("x", DType.F32, sizes.extent(), sizes.size(200)), recorder.input("draw", DType.F32, Extent.FIXED))),
      entry("straight_through", (recorder, sizes) -> {
        Value p = recorder.input("p", DType.F32, sizes.extent(), sizes.size(20), sizes.size(70));
        return recorder.apply(new StraightThrough(), p, KernelCases.chosen(recorder, p));
      }),
      entry("straight_through_at", (recorder, sizes) -> {
        Value logits = recorder.input("logits", DType.F32, sizes.extent(), sizes.size(20), sizes.size(70));
        Value x = recorder.input("x", DType.F32, logits.extent(), logits.shape().axis(0));
        return recorder.apply(new StraightThroughAt(), x, logits, KernelCases.chosen(recorder, logits));
      }),
      entry("rotary_transposed", (recorder, sizes) -> recorder.apply(new RotaryTransposed(sizes.flag() ? 100 : 10_000),
          recorder.input("u", DType.F32, Extent.ROW, sizes.size(4), 2 * sizes.size(40)), recorder.rowPositions())));

  private TrainingKernelCases() {}

  /** An operation with two operands of the same shape. */
  private static Value pair(Recorder recorder, Extent extent, Operation operation, long... shape) {
    return recorder.apply(operation, recorder.input("a", DType.F32, extent, shape), recorder.input("b", DType.F32, extent, shape));
  }

  private static Value uniform(Recorder recorder, RandomSizes sizes, float low, float high) {
    return recorder.apply(new Uniform(sizes.size(3), sizes.extent(), new long[] {sizes.size(3), sizes.size(100)}, low, high),
        seed(recorder));
  }

  /** Zeros and ones. */
  private static Value mask(Recorder recorder) {
    return recorder.reshape(KernelCases.chosen(recorder, recorder.input("mask", DType.F32, Extent.ROW, 1, 2)));
  }

  private static Value seed(Recorder recorder) {
    return recorder.input("seed", DType.I32, Extent.FIXED);
  }
}
