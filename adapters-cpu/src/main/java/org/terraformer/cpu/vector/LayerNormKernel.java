package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.FloatVector;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.LayerNorm;

/**
 * Layer normalisation; sums in double precision. Workers take ranges of vectors.
 */
final class LayerNormKernel implements CpuKernel {
  private final LayerNorm norm;
  private final int size;
  private final int vectorsPerItem;
  private final Extent extent;
  private final long x;
  private final long scale;
  private final long bias;
  private final long y;

  LayerNormKernel(Step step, CpuTensor[] operands, CpuTensor result) {
    this.norm = (LayerNorm) step.operation();
    this.size = (int) step.result().shape().columns();
    this.vectorsPerItem = result.width() / size;
    this.extent = step.result().extent();
    this.x = operands[0].address();
    this.scale = operands[1].address();
    this.bias = norm.centred() ? operands[2].address() : 0;
    this.y = result.address();
  }

  @Override
  public int sharesPerWorker(int phase, Frame frame, int workers) {
    return Share.perWorker((long) frame.items(extent) * vectorsPerItem * size, Share.FEWEST_ELEMENTS, workers);
  }

  @Override
  public void run(int phase, Frame frame, int share, int shares) {
    int vectors = frame.items(extent) * vectorsPerItem;
    int to = Share.to(vectors, share, shares);
    for (int vector = Share.from(vectors, share, shares); vector < to; vector++) {
      normalize(x + 4L * vector * size, y + 4L * vector * size);
    }
  }

  private void normalize(long in, long out) {
    float mean = norm.centred() ? (float) (Moments.sum(in, size) / size) : 0;
    float factor = (float) (1 / Math.sqrt(Moments.squares(in, mean, size) / size + norm.epsilon()));
    long in0 = Memory.inRange(in);
    long scale0 = Memory.inRange(scale);
    long bias0 = Memory.inRange(bias);
    long out0 = Memory.inRange(out);
    int whole = size - size % LANES;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector value = FloatVector.fromMemorySegment(FLOATS, ALL, in0 + 4L * i, ORDER).sub(mean).mul(factor)
          .mul(FloatVector.fromMemorySegment(FLOATS, ALL, scale0 + 4L * i, ORDER));
      if (bias != 0) {
        value = value.add(FloatVector.fromMemorySegment(FLOATS, ALL, bias0 + 4L * i, ORDER));
      }
      value.intoMemorySegment(ALL, out0 + 4L * i, ORDER);
    }
    for (int i = whole; i < size; i++) {
      float value = (Memory.getFloat(in0 + 4L * i) - mean) * factor * Memory.getFloat(scale0 + 4L * i);
      Memory.setFloat(out0 + 4L * i, bias == 0 ? value : value + Memory.getFloat(bias0 + 4L * i));
    }
  }
}
