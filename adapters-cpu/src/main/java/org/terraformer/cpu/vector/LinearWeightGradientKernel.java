package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;

/** The sum of outer products over all vectors of a run, as one {@link MatrixProduct} whose sums run over the vectors. */
final class LinearWeightGradientKernel implements CpuKernel {
  private final MatrixProduct product;
  private final int outputs;
  private final int inputs;
  private final int vectorsPerItem;
  private final Extent extent;

  LinearWeightGradientKernel(Step step, CpuTensor[] operands, CpuTensor result) {
    this.outputs = Math.toIntExact(operands[0].value().shape().columns());
    this.inputs = Math.toIntExact(operands[1].value().shape().columns());
    this.vectorsPerItem = Math.toIntExact(operands[0].value().shape().rows());
    this.extent = step.operands().getFirst().extent();
    this.product = MatrixProduct.leftTransposed(new F32MatrixRows(operands[0].address(), 4L * outputs),
        new F32MatrixRows(operands[1].address(), 4L * inputs), ResultRows.fromZero(result.address(), 4L * inputs));
  }

  @Override
  public long scratchBytes() {
    return MatrixProduct.SCRATCH_BYTES;
  }

  @Override
  public int sharesPerWorker(int phase, Frame frame, int workers) {
    return MatrixProduct.sharesPerWorker(outputs, inputs, (long) frame.items(extent) * vectorsPerItem, workers);
  }

  @Override
  public void run(int phase, Frame frame, int share, int shares) {
    product.run(outputs, inputs, frame.items(extent) * vectorsPerItem, share, shares, frame.scratch());
  }
}
