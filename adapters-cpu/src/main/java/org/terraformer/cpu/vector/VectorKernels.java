package org.terraformer.cpu.vector;

import java.util.Map;
import org.terraformer.cpu.kernel.CpuKernelFactory;

/**
 * The kernels of this package by operation name. Touching it needs the Vector API.
 */
public final class VectorKernels {
  private VectorKernels() {}

  public static Map<String, CpuKernelFactory> all() {
    return Map.ofEntries(
        Map.entry("linear", (step, operands, result, limits) -> new LinearKernel(step, operands, result)),
        Map.entry("selected_rows_dot", (step, operands, result, limits) -> new SelectedRowsDotKernel(step, operands, result)),
        Map.entry("selected_rows_sum", (step, operands, result, limits) -> new SelectedRowsSumKernel(step, operands, result)),
        Map.entry("embedding", (step, operands, result, limits) -> new EmbeddingKernel(step, operands, result)),
        Map.entry("layer_norm", (step, operands, result, limits) -> new LayerNormKernel(step, operands, result)),
        Map.entry("add", (step, operands, result, limits) -> ElementKernel.add(step, operands, result)),
        Map.entry("multiply", (step, operands, result, limits) -> ElementKernel.multiply(step, operands, result)),
        Map.entry("gate", (step, operands, result, limits) -> ElementKernel.gate(step, operands, result)),
        Map.entry("activation", (step, operands, result, limits) -> ElementKernel.activation(step, operands, result)),
        Map.entry("block_argmax", (step, operands, result, limits) -> new BlockArgmaxKernel(step, operands, result)),
        Map.entry("module_linear", (step, operands, result, limits) -> new ModuleLinearKernel(step, operands, result)),
        Map.entry("module_convolution", (step, operands, result, limits) -> new ModuleConvolutionKernel(step, operands, result)),
        Map.entry("causal_attention", (step, operands, result, limits) -> new CausalAttentionKernel(step, operands, result, limits)),
        Map.entry("keep_last", (step, operands, result, limits) -> new KeepLastKernel(operands, result)));
  }
}
