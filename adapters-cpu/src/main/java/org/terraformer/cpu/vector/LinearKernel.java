package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.Linear;

/**
 * Matrix products. Workers take contiguous ranges of output rows, so that each streams its own part of the weights once. With several
 * vectors each weight row is used for four of them before the next is loaded.
 */
final class LinearKernel implements CpuKernel {
  private final RowKernel rows;
  private final int outputs;
  private final int vectorsPerItem;
  private final Extent extent;
  private final long x;
  private final long xStride;
  private final long y;
  private final long bias;
  private final int biases;
  private final long scratch;

  LinearKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    this.rows = RowKernel.of(operands[1]);
    this.outputs = (int) operands[1].value().shape().rows();
    this.vectorsPerItem = result.width() / outputs;
    this.extent = step.result().extent();
    this.x = operands[0].address();
    this.xStride = 4L * rows.columns;
    this.y = result.address();
    boolean biased = ((Linear) step.operation()).biased();
    this.bias = biased ? operands[2].address() : 0;
    this.biases = biased ? operands[2].width() : 0;
    this.scratch = site.allocatePerWorker(RowKernel.TILE_BYTES);
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    int vectors = frame.items(extent) * vectorsPerItem;
    int from = Share.from(outputs, 4, worker, workers);
    int to = Share.to(outputs, 4, worker, workers);
    long tile = scratch + worker * KernelSite.perWorker(RowKernel.TILE_BYTES);
    int vector = 0;
    for (; vector + 4 <= vectors; vector += 4) {
      fourVectors(vector, from, to, tile);
    }
    for (; vector < vectors; vector++) {
      oneVector(vector, from, to, tile);
    }
    if (biases > 0) {
      addBias(vectors, from, to);
    }
  }

  private void fourVectors(int vector, int from, int to, long tile) {
    long source = x + vector * xStride;
    long target = y + 4L * vector * outputs;
    int output = from;
    for (; output + 4 <= to; output += 4) {
      rows.dot4x4(source, xStride, output, target + 4L * output, 4L * outputs, tile);
    }
    for (; output < to; output++) {
      for (int i = 0; i < 4; i++) {
        Memory.setFloat(target + 4L * ((long) i * outputs + output), rows.dot(source + i * xStride, output));
      }
    }
  }

  private void oneVector(int vector, int from, int to, long tile) {
    long target = y + 4L * vector * outputs;
    rows.dotRows(x + vector * xStride, from, to, target + 4L * from, tile);
  }

  private void addBias(int vectors, int from, int to) {
    for (int vector = 0; vector < vectors; vector++) {
      long target = y + 4L * vector * outputs;
      long source = bias + 4L * (((long) vector * outputs) % biases);
      Elements.add(target + 4L * from, source + 4L * from, target + 4L * from, to - from);
    }
  }
}
