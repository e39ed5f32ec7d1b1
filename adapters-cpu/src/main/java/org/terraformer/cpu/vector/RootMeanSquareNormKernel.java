package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.RootMeanSquareNorm;

/** Vectors brought to the same length; sums in double precision. Workers take ranges of vectors. */
final class RootMeanSquareNormKernel implements CpuKernel {
  private final float epsilon;
  private final int size;
  private final int vectorsPerItem;
  private final Extent extent;
  private final long x;
  private final long y;

  RootMeanSquareNormKernel(Step step, CpuTensor[] operands, CpuTensor result) {
    this.epsilon = ((RootMeanSquareNorm) step.operation()).epsilon();
    this.size = (int) step.result().shape().columns();
    this.vectorsPerItem = result.width() / size;
    this.extent = step.result().extent();
    this.x = operands[0].address();
    this.y = result.address();
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    int vectors = frame.items(extent) * vectorsPerItem;
    for (int vector = Share.from(vectors, worker, workers); vector < Share.to(vectors, worker, workers); vector++) {
      long in = x + 4L * vector * size;
      double squares = 0;
      for (int i = 0; i < size; i++) {
        double element = Memory.getFloat(in + 4L * i);
        squares += element * element;
      }
      Floats.multiply((float) (1 / Math.sqrt(squares / size + epsilon)), in, y + 4L * vector * size, size);
    }
  }
}
