package org.example.banded;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;

/** The banded product with vectors along each diagonal, which lies contiguously. Workers take ranges of outputs. */
final class BandedLinearKernel implements CpuKernel {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private final MemorySegment x;
  private final MemorySegment weight;
  private final MemorySegment bias;
  private final MemorySegment y;
  private final Extent extent;
  private final int n;
  private final int band;

  BandedLinearKernel(Step step, CpuTensor[] operands, CpuTensor result) {
    this.x = operands[0].data();
    this.weight = operands[1].data();
    this.bias = operands[2].data();
    this.y = result.data();
    this.extent = step.result().extent();
    this.n = result.width();
    this.band = operands[1].width() / n;
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    int from = (int) ((long) n * worker / workers);
    int to = (int) ((long) n * (worker + 1) / workers);
    for (int row = 0; row < frame.items(extent); row++) {
      product(4L * row * n, from, to);
    }
  }

  private void product(long rowBytes, int from, int to) {
    int i = from;
    // A vector of outputs needs x[i .. i + lanes + band), which must not wrap around.
    for (; i + SPECIES.length() <= to && i + SPECIES.length() + band <= n; i += SPECIES.length()) {
      FloatVector sum = FloatVector.fromMemorySegment(SPECIES, bias, 4L * i, ORDER);
      for (int k = 0; k < band; k++) {
        sum = FloatVector.fromMemorySegment(SPECIES, weight, 4L * ((long) k * n + i), ORDER)
            .fma(FloatVector.fromMemorySegment(SPECIES, x, rowBytes + 4L * (i + k), ORDER), sum);
      }
      sum.intoMemorySegment(y, rowBytes + 4L * i, ORDER);
    }
    for (; i < to; i++) {
      float sum = bias.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i);
      for (int k = 0; k < band; k++) {
        sum = Math.fma(weight.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * ((long) k * n + i)),
            x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, rowBytes + 4L * ((i + k) % n)), sum);
      }
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, rowBytes + 4L * i, sum);
    }
  }
}
