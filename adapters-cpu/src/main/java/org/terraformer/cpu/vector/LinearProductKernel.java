package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.tensor.Shape;

/** The linear operation on many vectors, as one {@link MatrixProduct}. */
final class LinearProductKernel implements CpuKernel {
  private final MatrixProduct product;
  private final int inputs;
  private final int outputs;
  private final int vectorsPerItem;
  private final Extent extent;

  LinearProductKernel(Step step, CpuTensor[] operands, CpuTensor result) {
    Shape weight = operands[1].value().shape();
    this.inputs = Math.toIntExact(weight.columns());
    this.outputs = Math.toIntExact(weight.rows());
    this.vectorsPerItem = result.width() / outputs;
    this.extent = step.result().extent();
    MatrixRows x = new F32MatrixRows(operands[0].address(), 4L * inputs);
    ResultRows y = ((Linear) step.operation()).biased()
        ? ResultRows.fromBias(result.address(), 4L * outputs, operands[2].address(), operands[2].width())
        : ResultRows.fromZero(result.address(), 4L * outputs);
    this.product = MatrixProduct.rightTransposed(x, MatrixRows.of(operands[1]), y);
  }

  @Override
  public long scratchBytes() {
    return MatrixProduct.SCRATCH_BYTES;
  }

  @Override
  public int sharesPerWorker(int phase, Frame frame, int workers) {
    return MatrixProduct.sharesPerWorker((long) frame.items(extent) * vectorsPerItem, outputs, inputs, workers);
  }

  @Override
  public void run(int phase, Frame frame, int share, int shares) {
    product.run(frame.items(extent) * vectorsPerItem, outputs, inputs, share, shares, frame.scratch());
  }
}
