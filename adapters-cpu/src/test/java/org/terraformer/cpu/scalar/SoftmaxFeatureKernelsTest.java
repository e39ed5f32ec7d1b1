package org.terraformer.cpu.scalar;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.SoftmaxFeatures;
import org.terraformer.ports.operation.gradient.SoftmaxFeaturesGradient;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

class SoftmaxFeatureKernelsTest {
  private static final int HEADS = 2;
  private static final int SIZE = 4;
  private static final int FEATURES = 8;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSequenceOfTwiceTheLengthTakesTwiceTheReads(boolean gradient) {
    long reads = reads(gradient, 20);
    assertThat(reads(gradient, 40)).isEqualTo(2 * reads);
  }

  private static long reads(boolean gradient, int length) {
    Recorder recorder = new Recorder();
    Value x = recorder.input("x", DType.F32, Extent.ROW, HEADS * SIZE);
    if (gradient) {
      recorder.apply(new SoftmaxFeaturesGradient(HEADS, FEATURES, true), x, recorder.input("u", DType.F32, Extent.ROW, HEADS * FEATURES));
    } else {
      recorder.apply(new SoftmaxFeatures(HEADS, FEATURES, true), x);
    }
    Step step = recorder.program().steps().getFirst();
    Frame frame = new Frame(new ExecutionLimits(1, length, length));
    frame.set(0, 1, length, length);
    Counted[] operands = step.operands().stream().map(operand -> new Counted(length * operand.width())).toArray(Counted[]::new);
    ScalarKernels.all().get(step.operation().name()).create(step).run(frame, operands, new Counted(length * step.result().width()));
    long reads = 0;
    for (Counted operand : operands) {
      reads += operand.reads;
    }
    return reads;
  }

  /** Zeros that count how often they are read. */
  private static final class Counted implements ScalarTensor {
    private final double[] values;
    private long reads;

    private Counted(int elements) {
      values = new double[elements];
    }

    @Override
    public double get(long index) {
      reads++;
      return values[(int) index];
    }

    @Override
    public void set(long index, double value) {
      values[(int) index] = value;
    }

    @Override
    public int getInt(long index) {
      throw new UnsupportedOperationException("These are no integers.");
    }

    @Override
    public void setInt(long index, int value) {
      throw new UnsupportedOperationException("These are no integers.");
    }
  }
}
