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
        Map.entry("linear", (step, operands, result, site) -> new LinearKernel(step, operands, result, site)),
        Map.entry("selected_rows_dot", (step, operands, result, site) -> new SelectedRowsDotKernel(step, operands, result)),
        Map.entry("selected_rows_sum", (step, operands, result, site) -> new SelectedRowsSumKernel(step, operands, result)),
        Map.entry("embedding", (step, operands, result, site) -> new EmbeddingKernel(step, operands, result)),
        Map.entry("layer_norm", (step, operands, result, site) -> new LayerNormKernel(step, operands, result)),
        Map.entry("add", (step, operands, result, site) -> ElementKernel.add(step, operands, result)),
        Map.entry("multiply", (step, operands, result, site) -> ElementKernel.multiply(step, operands, result)),
        Map.entry("gate", (step, operands, result, site) -> ElementKernel.gate(step, operands, result)),
        Map.entry("activation", (step, operands, result, site) -> ElementKernel.activation(step, operands, result)),
        Map.entry("block_argmax", (step, operands, result, site) -> new BlockArgmaxKernel(step, operands, result)),
        Map.entry("module_linear", (step, operands, result, site) -> new ModuleLinearKernel(step, operands, result)),
        Map.entry("module_convolution", (step, operands, result, site) -> new ModuleConvolutionKernel(step, operands, result, site)),
        Map.entry("causal_attention", (step, operands, result, site) -> new CausalAttentionKernel(step, operands, result, site)),
        Map.entry("keep_last", (step, operands, result, site) -> new KeepLastKernel(operands, result)));
  }
}
