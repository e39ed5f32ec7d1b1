package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.gradient.LayerNormGradient;

/**
 * The gradient of {@link LayerNormKernel} with respect to its vectors; sums in double precision. With g the upstream gradient times the scale
 * and n the normalised vector: {@code factor (g - mean(g) - n mean(g n))}.
 */
final class NormGradientKernel {
  private NormGradientKernel() {}

  static CpuKernel of(Step step, CpuTensor[] operands, CpuTensor result) {
    LayerNormGradient norm = (LayerNormGradient) step.operation();
    int size = (int) step.result().shape().columns();
    long x = operands[0].address();
    long scale = operands[1].address();
    long upstream = operands[2].address();
    long y = result.address();
    return PartsKernel.vectors(step, size, 8L * size, (frame, from, to, scratch) -> {
      long normalized = scratch + 4L * size;
      for (long at = 4L * from * size; at < 4L * to * size; at += 4L * size) {
        float mean = norm.centred() ? (float) (Moments.sum(x + at, size) / size) : 0;
        float factor = (float) (1 / Math.sqrt(Moments.squares(x + at, mean, size) / size + norm.epsilon()));
        Elements.normalize(x + at, mean, factor, normalized, size);
        Elements.multiply(upstream + at, scale, scratch, size);
        float meanGradient = norm.centred() ? (float) (Moments.sum(scratch, size) / size) : 0;
        float along = (float) (Moments.dot(scratch, normalized, size) / size);
        Floats.scaleAndShift(1, -meanGradient, scratch, scratch, size);
        Floats.addMultiple(-along, normalized, scratch, size);
        Floats.multiply(factor, scratch, y + at, size);
      }
    });
  }
}
