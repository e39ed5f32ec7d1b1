package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.IN_RANGE;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.FloatVector;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.gradient.LayerNormScaleGradient;

/**
 * The gradient of {@link LayerNormKernel} with respect to its scale: the sums over all vectors of the normalised vector times the upstream
 * gradient.
 */
final class NormScaleGradient {
  private NormScaleGradient() {}

  static CpuKernel of(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    LayerNormScaleGradient norm = (LayerNormScaleGradient) step.operation();
    int size = result.width();
    long x = operands[0].address();
    long upstream = operands[1].address();
    return new ColumnSums(operands[0], result, site, 8L * ColumnSums.TOGETHER + 4L * size, (from, to, sums, scratch) -> {
      int vector = from;
      for (; vector + ColumnSums.TOGETHER <= to; vector += ColumnSums.TOGETHER) {
        long at = 4L * vector * size;
        for (int i = 0; i < ColumnSums.TOGETHER; i++) {
          measure(norm, x + at + 4L * i * size, size, scratch + 8L * i);
        }
        addFour(x + at, upstream + at, size, scratch, sums);
      }
      long normalized = scratch + 8L * ColumnSums.TOGETHER;
      for (; vector < to; vector++) {
        long at = 4L * vector * size;
        measure(norm, x + at, size, scratch);
        Elements.normalize(x + at, Memory.getFloat(scratch), Memory.getFloat(scratch + 4), normalized, size);
        Elements.addProducts(normalized, upstream + at, sums, size);
      }
    });
  }

  /** Writes a vector's mean and what its distances from it are multiplied by. */
  private static void measure(LayerNormScaleGradient norm, long x, int size, long to) {
    float mean = norm.centred() ? (float) (Moments.sum(x, size) / size) : 0;
    Memory.setFloat(to, mean);
    Memory.setFloat(to + 4, (float) (1 / Math.sqrt(Moments.squares(x, mean, size) / size + norm.epsilon())));
  }

  /** Adds what four vectors give, so that the sums are read and written once for all of them. */
  private static void addFour(long x, long upstream, int size, long measured, long sums) {
    long stride = 4L * size;
    float mean0 = Memory.getFloat(measured);
    float factor0 = Memory.getFloat(measured + 4);
    float mean1 = Memory.getFloat(measured + 8);
    float factor1 = Memory.getFloat(measured + 12);
    float mean2 = Memory.getFloat(measured + 16);
    float factor2 = Memory.getFloat(measured + 20);
    float mean3 = Memory.getFloat(measured + 24);
    float factor3 = Memory.getFloat(measured + 28);
    long x0 = Memory.inRange(x);
    long upstream0 = Memory.inRange(upstream);
    long sums0 = Memory.inRange(sums);
    int whole = size - size % LANES;
    for (int i = 0; i < whole; i += LANES) {
      long a = x0 + 4L * i & IN_RANGE;
      long b = upstream0 + 4L * i & IN_RANGE;
      FloatVector sum = FloatVector.fromMemorySegment(FLOATS, ALL, sums0 + 4L * i, ORDER);
      sum = FloatVector.fromMemorySegment(FLOATS, ALL, a, ORDER).sub(mean0).mul(factor0)
          .fma(FloatVector.fromMemorySegment(FLOATS, ALL, b, ORDER), sum);
      sum = FloatVector.fromMemorySegment(FLOATS, ALL, a + stride & IN_RANGE, ORDER).sub(mean1).mul(factor1)
          .fma(FloatVector.fromMemorySegment(FLOATS, ALL, b + stride & IN_RANGE, ORDER), sum);
      sum = FloatVector.fromMemorySegment(FLOATS, ALL, a + 2 * stride & IN_RANGE, ORDER).sub(mean2).mul(factor2)
          .fma(FloatVector.fromMemorySegment(FLOATS, ALL, b + 2 * stride & IN_RANGE, ORDER), sum);
      sum = FloatVector.fromMemorySegment(FLOATS, ALL, a + 3 * stride & IN_RANGE, ORDER).sub(mean3).mul(factor3)
          .fma(FloatVector.fromMemorySegment(FLOATS, ALL, b + 3 * stride & IN_RANGE, ORDER), sum);
      sum.intoMemorySegment(ALL, sums0 + 4L * i, ORDER);
    }
    for (int i = whole; i < size; i++) {
      float sum = Memory.getFloat(sums0 + 4L * i);
      for (int vector = 0; vector < 4; vector++) {
        float normalized = (Memory.getFloat(x + vector * stride + 4L * i) - Memory.getFloat(measured + 8L * vector))
            * Memory.getFloat(measured + 8L * vector + 4);
        sum = Math.fma(normalized, Memory.getFloat(upstream + vector * stride + 4L * i), sum);
      }
      Memory.setFloat(sums0 + 4L * i, sum);
    }
  }
}
