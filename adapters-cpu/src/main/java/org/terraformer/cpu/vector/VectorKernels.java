package org.terraformer.cpu.vector;

import java.util.HashMap;
import java.util.Map;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuKernelFactory;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.Rotary;
import org.terraformer.ports.tensor.DType;

/**
 * The kernels of this package by operation name. Touching it needs the Vector API.
 */
public final class VectorKernels {
  /** From this number of vectors on, and of rows, unpacking the weights of a product pays. */
  private static final int FEWEST_FOR_PRODUCT = 24;
  private static final int FEWEST_ROWS = 4;
  /** From this number of rows on, so does unpacking those of a convolution; a row has several modules. */
  private static final int FEWEST_FOR_CONVOLUTION = 4;
  /** From this number of items for each row of a weight on, those that chose it are kept in lists. */
  private static final long FEWEST_OF_TRAINING = 16;
  /** From this number of new rows of a sequence on, unpacking the cache pays. */
  private static final int FEWEST_FOR_PROMPT_ATTENTION = 8;

  private VectorKernels() {}

  /** Those of decoding and of training. */
  public static Map<String, CpuKernelFactory> all() {
    Map<String, CpuKernelFactory> all = new HashMap<>(decoding());
    all.putAll(TrainingKernels.all());
    return Map.copyOf(all);
  }

  private static Map<String, CpuKernelFactory> decoding() {
    return Map.ofEntries(
        Map.entry("linear", VectorKernels::linear),
        Map.entry("selected_rows_dot", VectorKernels::selectedRowsDot),
        Map.entry("selected_rows_dot_where", (step, operands, result, site) -> new SelectedRowsDotWhereKernel(step, operands, result)),
        Map.entry("selected_rows_sum", VectorKernels::selectedRowsSum),
        Map.entry("selected_rows_weight_gradient", SelectedRowsWeightGradientKernel::new),
        Map.entry("embedding", (step, operands, result, site) -> new EmbeddingKernel(step, operands, result)),
        Map.entry("layer_norm", (step, operands, result, site) -> new LayerNormKernel(step, operands, result)),
        Map.entry("add", (step, operands, result, site) -> ElementwiseKernels.add(step, operands, result)),
        Map.entry("multiply", (step, operands, result, site) -> ElementwiseKernels.multiply(step, operands, result)),
        Map.entry("gate", (step, operands, result, site) -> ElementwiseKernels.gate(step, operands, result)),
        Map.entry("activation", (step, operands, result, site) -> ElementwiseKernels.activation(step, operands, result)),
        Map.entry("block_argmax", (step, operands, result, site) -> new BlockArgmaxKernel(step, operands, result)),
        Map.entry("module_linear", (step, operands, result, site) -> new ModuleLinearKernel(step, operands, result)),
        Map.entry("module_convolution", VectorKernels::moduleConvolution),
        Map.entry("causal_attention", VectorKernels::causalAttention),
        Map.entry("chunked_attention", (step, operands, result, site) -> new ChunkedAttentionKernel(step, operands, result, site)),
        Map.entry("lsh_buckets", (step, operands, result, site) -> new LshBucketsKernel(step, operands, result, site)),
        Map.entry("lsh_attention", (step, operands, result, site) -> new LshAttentionKernel(step, operands, result, site)),
        Map.entry("chunked_attention_gradient", WindowTrainingKernel::gradientOfChunks),
        Map.entry("lsh_attention_gradient", WindowTrainingKernel::gradientOfHashing),
        Map.entry("linear_attention_gradient",
            (step, operands, result, site) -> new LinearAttentionGradientKernel(step, operands, result, site)),
        Map.entry("linear_attention", (step, operands, result, site) -> new LinearAttentionKernel(step, operands, result)),
        Map.entry("softmax_features", SoftmaxFeaturesKernel::new),
        Map.entry("root_mean_square_norm", (step, operands, result, site) -> new RootMeanSquareNormKernel(step, operands, result)),
        Map.entry("rotary", (step, operands, result, site) ->
            new RotaryKernel(step, operands, result, site, ((Rotary) step.operation()).base(), 1)),
        Map.entry("masked_attention", VectorKernels::maskedAttention),
        Map.entry("memory_attention", (step, operands, result, site) -> new MemoryAttentionKernel(step, operands, result)),
        Map.entry("source_rows", (step, operands, result, site) -> new SourceRowsKernel(step, operands, result)),
        Map.entry("keep_last", (step, operands, result, site) -> new KeepLastKernel(operands, result)));
  }

  private static CpuKernel linear(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    int vectorsPerItem = result.width() / Math.toIntExact(operands[1].value().shape().rows());
    int fewest = Math.max(FEWEST_ROWS, Math.ceilDiv(FEWEST_FOR_PRODUCT, vectorsPerItem));
    Extent extent = step.result().extent();
    long most = site.limits().capacity(extent);
    CpuKernel few = new LinearKernel(step, operands, result, site, (int) Math.min(most, fewest - 1));
    return most < fewest ? few : new FewOrManyRows(few, new LinearProductKernel(step, operands, result), extent, fewest);
  }

  /** Of what training has, rows are read where they lie; other weights are unpacked once for all items, and so are those of prompts. */
  private static CpuKernel selectedRowsDot(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    CpuKernel few = new SelectedRowsDotKernel(step, operands, result);
    int fewest = fewestForGroups(operands[1]);
    return site.limits().rows() < fewest || ofTraining(step, operands[1], site) ? few
        : new FewOrManyRows(few, new GroupedRowsDotKernel(step, operands, result, site), step.result().extent(), fewest);
  }

  private static CpuKernel selectedRowsSum(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    int fewest = fewestForGroups(operands[1]);
    Extent extent = step.result().extent();
    int mostOfFew = (int) Math.min(site.limits().capacity(extent), fewest - 1L);
    CpuKernel few = new SelectedRowsSumKernel(step, operands, result, site, mostOfFew);
    return site.limits().capacity(extent) < fewest ? few : new FewOrManyRows(few, manyRowsSum(step, operands, result, site), extent, fewest);
  }

  private static CpuKernel manyRowsSum(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    return ofTraining(step, operands[1], site) ? new ManyRowsSumKernel(step, operands, result, site)
        : new GroupedRowsSumKernel(step, operands, result, site);
  }

  /** Where many items share a row of floats, as in training: of a prompt's part few do. */
  private static boolean ofTraining(Step step, CpuTensor weight, KernelSite site) {
    return weight.dtype() == DType.F32
        && site.limits().capacity(step.result().extent()) >= FEWEST_OF_TRAINING * ChosenRows.of(weight.value().shape()).choices();
  }

  /** Grouping pays where several items share a row. */
  private static int fewestForGroups(CpuTensor weight) {
    return 2 * ChosenRows.of(weight.value().shape()).choices();
  }

  private static CpuKernel moduleConvolution(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    CpuKernel few = new ModuleConvolutionKernel(step, operands, result, site);
    return site.limits().rows() < FEWEST_FOR_CONVOLUTION ? few
        : new FewOrManyRows(few, new ConvolutionProductKernel(step, operands, result), step.result().extent(), FEWEST_FOR_CONVOLUTION);
  }

  private static CpuKernel maskedAttention(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    return MaskedAttentionKernel.fits(step) ? new MaskedAttentionKernel(step, operands, result)
        : ProductAttention.masked(step, operands, result, site);
  }

  private static CpuKernel causalAttention(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    int rows = site.limits().rows();
    if (rows < FEWEST_FOR_PROMPT_ATTENTION || !PromptAttentionKernel.fits(step)) {
      return new CausalAttentionKernel(step, operands, result, site, rows);
    }
    int mostOfFew = (int) Math.min(rows, (FEWEST_FOR_PROMPT_ATTENTION - 1L) * site.limits().sequences());
    return new FewOrManyRows(new CausalAttentionKernel(step, operands, result, site, mostOfFew),
        new PromptAttentionKernel(step, operands, result, site), Frame::length, FEWEST_FOR_PROMPT_ATTENTION);
  }
}
