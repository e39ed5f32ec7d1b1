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
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.gradient.LayerNormScaleGradient;

/**
 * The gradient of {@link LayerNormKernel} with respect to its scale. The first phase finds each vector's mean and factor, workers taking ranges
 * of vectors; the second sums over the vectors, workers taking ranges of columns.
 */
final class NormScaleGradientKernel implements CpuKernel {
  private final LayerNormScaleGradient norm;
  private final int size;
  private final int vectorsPerItem;
  private final Extent extent;
  private final long x;
  private final long upstream;
  private final long y;
  private final long moments;

  NormScaleGradientKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    this.norm = (LayerNormScaleGradient) step.operation();
    this.size = result.width();
    this.vectorsPerItem = operands[0].width() / size;
    this.extent = operands[0].value().extent();
    this.x = operands[0].address();
    this.upstream = operands[1].address();
    this.y = result.address();
    this.moments = site.share(8L * site.limits().capacity(extent) * vectorsPerItem);
  }

  @Override
  public int phases(Frame frame) {
    return 2;
  }

  @Override
  public long scratchBytes() {
    return 4L * size;
  }

  @Override
  public int sharesPerWorker(int phase, Frame frame, int workers) {
    return phase == 0 ? Share.perWorker((long) frame.items(extent) * vectorsPerItem * size, Share.FEWEST_ELEMENTS, workers)
        : Share.perWorker(size, Share.FEWEST_COLUMNS, workers);
  }

  @Override
  public void run(int phase, Frame frame, int share, int shares) {
    int vectors = frame.items(extent) * vectorsPerItem;
    if (phase == 0) {
      int to = Share.to(vectors, share, shares);
      for (int vector = Share.from(vectors, share, shares); vector < to; vector++) {
        measure(x + 4L * vector * size, moments + 8L * vector);
      }
    } else {
      sum(vectors, Share.from(size, Share.LINE, share, shares), Share.to(size, Share.LINE, share, shares), frame.scratch());
    }
  }

  private void measure(long in, long to) {
    float mean = norm.centred() ? (float) (Moments.sum(in, size) / size) : 0;
    Memory.setFloat(to, mean);
    Memory.setFloat(to + 4, (float) (1 / Math.sqrt(Moments.squares(in, mean, size) / size + norm.epsilon())));
  }

  private void sum(int vectors, int from, int to, long scratch) {
    int count = to - from;
    long out = y + 4L * from;
    Floats.clear(out, count);
    int vector = 0;
    for (; vector + 4 <= vectors; vector += 4) {
      addFour(4L * ((long) vector * size + from), moments + 8L * vector, out, count);
    }
    for (; vector < vectors; vector++) {
      long at = 4L * ((long) vector * size + from);
      Elements.normalize(x + at, Memory.getFloat(moments + 8L * vector), Memory.getFloat(moments + 8L * vector + 4), scratch, count);
      Elements.addProducts(scratch, upstream + at, out, count);
    }
  }

  /** Adds what four vectors give to their scale, so that the sums are read and written once for all of them. */
  private void addFour(long at, long measured, long out, int count) {
    long stride = 4L * size;
    float mean0 = Memory.getFloat(measured);
    float factor0 = Memory.getFloat(measured + 4);
    float mean1 = Memory.getFloat(measured + 8);
    float factor1 = Memory.getFloat(measured + 12);
    float mean2 = Memory.getFloat(measured + 16);
    float factor2 = Memory.getFloat(measured + 20);
    float mean3 = Memory.getFloat(measured + 24);
    float factor3 = Memory.getFloat(measured + 28);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      long a = x + at + 4L * i & IN_RANGE;
      long b = upstream + at + 4L * i & IN_RANGE;
      FloatVector sum = FloatVector.fromMemorySegment(FLOATS, ALL, out + 4L * i, ORDER);
      sum = FloatVector.fromMemorySegment(FLOATS, ALL, a, ORDER).sub(mean0).mul(factor0)
          .fma(FloatVector.fromMemorySegment(FLOATS, ALL, b, ORDER), sum);
      sum = FloatVector.fromMemorySegment(FLOATS, ALL, a + stride & IN_RANGE, ORDER).sub(mean1).mul(factor1)
          .fma(FloatVector.fromMemorySegment(FLOATS, ALL, b + stride & IN_RANGE, ORDER), sum);
      sum = FloatVector.fromMemorySegment(FLOATS, ALL, a + 2 * stride & IN_RANGE, ORDER).sub(mean2).mul(factor2)
          .fma(FloatVector.fromMemorySegment(FLOATS, ALL, b + 2 * stride & IN_RANGE, ORDER), sum);
      sum = FloatVector.fromMemorySegment(FLOATS, ALL, a + 3 * stride & IN_RANGE, ORDER).sub(mean3).mul(factor3)
          .fma(FloatVector.fromMemorySegment(FLOATS, ALL, b + 3 * stride & IN_RANGE, ORDER), sum);
      sum.intoMemorySegment(ALL, out + 4L * i, ORDER);
    }
    for (; i < count; i++) {
      float sum = Memory.getFloat(out + 4L * i);
      for (int vector = 0; vector < 4; vector++) {
        float normalized = (Memory.getFloat(x + at + vector * stride + 4L * i) - Memory.getFloat(measured + 8L * vector))
            * Memory.getFloat(measured + 8L * vector + 4);
        sum = Math.fma(normalized, Memory.getFloat(upstream + at + vector * stride + 4L * i), sum);
      }
      Memory.setFloat(out + 4L * i, sum);
    }
  }
}
