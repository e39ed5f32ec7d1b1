package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Species.LANES;
import static org.terraformer.cpu.vector.WindowTile.COLUMNS;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.ModuleConvolution;
import org.terraformer.ports.tensor.Shape;

/** The module convolution of many rows, as a {@link WindowProduct} of what was seen until now with weights of every type. */
final class ConvolutionProductKernel implements CpuKernel {
  private final WindowProduct product;
  private final History history;
  private final int length;

  ConvolutionProductKernel(Step step, CpuTensor[] operands, CpuTensor result) {
    Shape weight = operands[1].value().shape();
    int outputs = weight.intAxis(0);
    this.length = weight.intAxis(1);
    int kernel = weight.intAxis(2);
    int inputs = weight.intAxis(3);
    this.history = new History(operands[0], operands[2], operands[3], length - 1);
    long bias = ((ModuleConvolution) step.operation()).biased() ? operands[4].address() : 0;
    this.product = new WindowProduct((frame, row, time) -> history.item(frame, row, length - 1 - time), step.result().shape().intAxis(0), inputs,
        length, kernel, new Taps(MatrixRows.of(operands[1]), length * kernel, inputs), outputs, bias,
        result.address());
  }

  @Override
  public int phases(Frame frame) {
    return length > 1 ? 2 : 1;
  }

  @Override
  public long scratchBytes() {
    return product.scratchBytes();
  }

  @Override
  public int sharesPerWorker(int phase, Frame frame, int workers) {
    return phase == 1 ? 1 : product.sharesPerWorker(phase, frame, workers);
  }

  @Override
  public void run(int phase, Frame frame, int share, int shares) {
    if (phase == 1) {
      history.remember(frame, share, shares);
    } else {
      product.run(phase, frame, share, shares);
    }
  }

  /** Weights with a row for each tap of each output, read one by one: blocks of Q8 may end between them. */
  private record Taps(MatrixRows rows, int taps, int inputs) implements WindowProduct.Weights {
    @Override
    public void lay(int tap, int column, int columns, long to, long panelBytes, long space) {
      for (int i = 0; i < columns; i += LANES) {
        int count = Math.min(LANES, columns - i);
        for (int output = 0; output < count; output++) {
          rows.read((long) (column + i + output) * taps + tap, 0, inputs, space + 4L * output * inputs);
        }
        long target = to + i / COLUMNS * panelBytes + 4L * (i % COLUMNS);
        Transposition.turn(space, count, inputs, 4L * inputs, target, 4L * COLUMNS, space + 4L * LANES * inputs);
      }
    }

    @Override
    public long spaceBytes() {
      return 4L * LANES * inputs + Transposition.SPACE_BYTES;
    }
  }
}
