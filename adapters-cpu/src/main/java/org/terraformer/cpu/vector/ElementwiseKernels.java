package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.Activation;
import org.terraformer.ports.operation.ActivationFunction;

/**
 * Operations element by element: sums, products with factors, gates, activations. Workers take contiguous ranges.
 */
final class ElementwiseKernels {
  private ElementwiseKernels() {}

  static CpuKernel add(Step step, CpuTensor[] operands, CpuTensor result) {
    long a = operands[0].address();
    long b = operands[1].address();
    long y = result.address();
    return PartsKernel.elements(step, (from, to) -> Elements.add(a + 4 * from, b + 4 * from, y + 4 * from, (int) (to - from)));
  }

  static CpuKernel multiply(Step step, CpuTensor[] operands, CpuTensor result) {
    long x = operands[0].address();
    long factors = operands[1].address();
    long y = result.address();
    long group = operands[0].width() / operands[1].width();
    if (group == 1) {
      return PartsKernel.elements(step, (from, to) -> Elements.multiply(x + 4 * from, factors + 4 * from, y + 4 * from, (int) (to - from)));
    }
    return PartsKernel.elements(step, (from, to) -> {
      for (long i = from; i < to; i++) {
        Memory.setFloat(y + 4 * i, Memory.getFloat(x + 4 * i) * Memory.getFloat(factors + 4 * (i / group)));
      }
    });
  }

  static CpuKernel gate(Step step, CpuTensor[] operands, CpuTensor result) {
    long x = operands[0].address();
    long gates = operands[1].address();
    long y = result.address();
    long size = operands[0].width();
    long all = operands[1].width();
    return PartsKernel.elements(step, (from, to) -> {
      for (long i = from; i < to; ) {
        long vector = i / size;
        long end = Math.min(to, (vector + 1) * size);
        long in = x + 4 * (i / all * size + i % size);
        long gate = gates + 4 * (i % all);
        Elements.multiply(in, gate, y + 4 * i, (int) (end - i));
        i = end;
      }
    });
  }

  static CpuKernel activation(Step step, CpuTensor[] operands, CpuTensor result) {
    long x = operands[0].address();
    long y = result.address();
    ActivationFunction function = ((Activation) step.operation()).function();
    if (function == ActivationFunction.RELU) {
      return PartsKernel.elements(step, (from, to) -> Elements.relu(x + 4 * from, y + 4 * from, (int) (to - from)));
    }
    return PartsKernel.elements(step, (from, to) -> {
      for (long i = 4 * from; i < 4 * to; i += 4) {
        Memory.setFloat(y + i, (float) function.apply(Memory.getFloat(x + i)));
      }
    });
  }
}
