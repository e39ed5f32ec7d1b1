package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.WindowTile.COLUMNS;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.tensor.Shape;

/** The gradient of the module convolution by its inputs: a {@link WindowProduct} of what each of them was seen by, from now on. */
final class ConvolutionTransposedKernel {
  private ConvolutionTransposedKernel() {}

  static CpuKernel of(Step step, CpuTensor[] operands, CpuTensor result) {
    Shape weight = operands[1].value().shape();
    int outputs = weight.intAxis(0);
    int length = weight.intAxis(1);
    int kernel = weight.intAxis(2);
    int inputs = weight.intAxis(3);
    long upstream = operands[0].address();
    long itemBytes = 4L * operands[0].width();
    WindowProduct.Items items =
        (frame, row, time) -> row % frame.length() + time < frame.length() ? upstream + (row + time) * itemBytes : 0;
    return new WindowProduct(items, step.result().shape().intAxis(0), outputs, length, kernel,
        new BackwardTaps(MatrixRows.of(operands[1]), outputs, length * kernel, inputs), inputs, 0, result.address());
  }

  /** Weights with a row for each tap of each output: times from now on and modules from the first see an input with taps from the last. */
  private record BackwardTaps(MatrixRows rows, int outputs, int taps, int inputs) implements WindowProduct.Weights {
    @Override
    public void lay(int tap, int column, int columns, long to, long panelBytes, long space) {
      for (int output = 0; output < outputs; output++) {
        rows.read((long) output * taps + taps - 1 - tap, column, columns, space);
        for (int i = 0; i < columns; i += COLUMNS) {
          Floats.copy(space + 4L * i, to + i / COLUMNS * panelBytes + 4L * COLUMNS * output, Math.min(COLUMNS, columns - i));
        }
      }
    }

    @Override
    public long spaceBytes() {
      return 4L * inputs;
    }
  }
}
