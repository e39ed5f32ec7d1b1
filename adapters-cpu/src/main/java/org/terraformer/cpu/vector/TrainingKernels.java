package org.terraformer.cpu.vector;

import java.util.Map;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuKernelFactory;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.gradient.RotaryTransposed;

/** The kernels that only training needs, by operation name. */
final class TrainingKernels {
  private TrainingKernels() {}

  static Map<String, CpuKernelFactory> all() {
    return Map.ofEntries(
        Map.entry("linear_transposed", plain(LinearTransposedKernel::new)),
        Map.entry("linear_weight_gradient", plain(LinearWeightGradientKernel::new)),
        Map.entry("module_convolution_transposed", plain(ConvolutionTransposedKernel::of)),
        Map.entry("module_convolution_weight_gradient", ConvolutionWeightGradientKernel::new),
        Map.entry("module_linear_transposed", plain(ModuleGradients::transposed)),
        Map.entry("module_linear_weight_gradient", plain(ModuleGradients::weight)),
        Map.entry("simple_recurrence", RecurrenceKernels::forward),
        Map.entry("simple_recurrence_gradient", RecurrenceKernels::gradient),
        Map.entry("dropped_attention", ProductAttention::dropped),
        Map.entry("dropped_chunked_attention", WindowTrainingKernel::droppedChunks),
        Map.entry("dropped_lsh_attention", WindowTrainingKernel::droppedHashing),
        Map.entry("attention_gradient", ProductAttentionGradient::of),
        Map.entry("softmax_features_gradient", SoftmaxFeaturesGradientKernel::new),
        Map.entry("layer_norm_gradient", plain(NormGradientKernel::of)),
        Map.entry("layer_norm_scale_gradient", NormScaleGradient::of),
        Map.entry("cross_entropy", plain(SoftmaxKernels::crossEntropy)),
        Map.entry("cross_entropy_gradient", plain(SoftmaxKernels::crossEntropyGradient)),
        Map.entry("softmax", plain(SoftmaxKernels::softmax)),
        Map.entry("softmax_gradient", plain(SoftmaxKernels::softmaxGradient)),
        Map.entry("block_softmax_at", plain(SoftmaxKernels::blockSoftmaxAt)),
        Map.entry("block_softmax_at_gradient", plain(BlockSoftmaxGradient::of)),
        Map.entry("sum_over_items", ItemSums::sumOverItems),
        Map.entry("channel_scale_gradient", ItemSums::channelScaleGradient),
        Map.entry("gate_gradient", plain(ItemSums::gateGradient)),
        Map.entry("embedding_gradient", plain(ItemSums::embeddingGradient)),
        Map.entry("scale", plain(TrainingElements::scale)),
        Map.entry("channel_scale", plain(TrainingElements::channelScale)),
        Map.entry("activation_gradient", plain(TrainingElements::activationGradient)),
        Map.entry("group_dot", plain(TrainingElements::groupDot)),
        Map.entry("gated_rows", plain(GatedRowsKernels::forward)),
        Map.entry("gated_rows_gradient", plain(GatedRowsKernels::gradient)),
        Map.entry("gated_rows_gates_gradient", plain(GatedRowsKernels::gatesGradient)),
        Map.entry("gate_transposed", plain(TrainingElements::gateTransposed)),
        Map.entry("dropout", plain(TrainingElements::dropout)),
        Map.entry("uniform", plain(TrainingElements::uniform)),
        Map.entry("block_draw", plain(BlockDrawKernel::of)),
        Map.entry("gumbel_noise", plain(TrainingElements::gumbelNoise)),
        Map.entry("columns", plain(Copies::columns)),
        Map.entry("keep_last_gradient", plain(Copies::keepLastGradient)),
        Map.entry("part_of_rows", plain(PartCopies::part)),
        Map.entry("part_of_rows_gradient", plain(PartCopies::gradient)),
        Map.entry("rows_of_parts", plain(PartCopies::rows)),
        Map.entry("stop_gradient", plain(Copies::copy)),
        Map.entry("keep_if", plain(Copies::keepIf)),
        Map.entry("straight_through", plain(Copies::straightThrough)),
        Map.entry("straight_through_at", plain(Copies::copy)),
        Map.entry("rotary_transposed", (step, operands, result, site) ->
            new RotaryKernel(step, operands, result, site, ((RotaryTransposed) step.operation()).base(), -1)));
  }

  /** A kernel that needs no memory of its own beside a worker's scratch. */
  @FunctionalInterface
  private interface Plain {
    CpuKernel create(Step step, CpuTensor[] operands, CpuTensor result);
  }

  private static CpuKernelFactory plain(Plain plain) {
    return (step, operands, result, site) -> plain.create(step, operands, result);
  }
}
