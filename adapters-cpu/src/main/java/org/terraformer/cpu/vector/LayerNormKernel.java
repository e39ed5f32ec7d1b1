package org.terraformer.cpu.vector;

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
  public void run(int phase, Frame frame, int worker, int workers) {
    int vectors = frame.items(extent) * vectorsPerItem;
    for (int vector = Share.from(vectors, worker, workers); vector < Share.to(vectors, worker, workers); vector++) {
      normalize(x + 4L * vector * size, y + 4L * vector * size);
    }
  }

  // Two chains of sums hide the latency of additions.
  private void normalize(long in, long out) {
    float mean = 0;
    if (norm.centred()) {
      double even = 0;
      double odd = 0;
      int i = 0;
      for (; i + 2 <= size; i += 2) {
        even += Memory.getFloat(in + 4L * i);
        odd += Memory.getFloat(in + 4L * i + 4);
      }
      for (; i < size; i++) {
        even += Memory.getFloat(in + 4L * i);
      }
      mean = (float) ((even + odd) / size);
    }
    double even = 0;
    double odd = 0;
    int i = 0;
    for (; i + 2 <= size; i += 2) {
      double first = Memory.getFloat(in + 4L * i) - mean;
      double second = Memory.getFloat(in + 4L * i + 4) - mean;
      even += first * first;
      odd += second * second;
    }
    for (; i < size; i++) {
      double only = Memory.getFloat(in + 4L * i) - mean;
      even += only * only;
    }
    float factor = (float) (1 / Math.sqrt((even + odd) / size + norm.epsilon()));
    for (int j = 0; j < size; j++) {
      float value = (Memory.getFloat(in + 4L * j) - mean) * factor * Memory.getFloat(scale + 4L * j);
      Memory.setFloat(out + 4L * j, bias == 0 ? value : value + Memory.getFloat(bias + 4L * j));
    }
  }
}
