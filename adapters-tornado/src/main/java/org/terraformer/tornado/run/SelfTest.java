package org.terraformer.tornado.run;

import java.lang.foreign.Arena;
import java.util.List;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.BlockArgmax;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.operation.SelectedRowsDot;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;
import org.terraformer.tornado.plan.DeviceInfo;

/**
 * A small sparse layer, computed by the device and by plain Java: {@code u = W x}, the largest of each block of u chooses a row, {@code
 * y = R[chosen] x}. It has what drivers get wrong: local memory, barriers, signed bytes and halves, choices made on the device.
 */
public final class SelfTest {
  private static final int WIDTH = 67;
  private static final int BLOCKS = 5;
  private static final int CHOICES = 4;
  private static final double TOLERANCE = 1e-3;

  /** Prepares a program on the device that is tested. */
  @FunctionalInterface
  public interface Preparation {
    Executable prepare(Program program, WeightSource weights, ExecutionLimits limits);
  }

  private SelfTest() {}

  /**
   * @throws InvalidInputException if the device's results are wrong, for one type of weights
   */
  public static void run(Preparation device, DeviceInfo info) {
    for (DType dtype : List.of(DType.F32, DType.F16, DType.BF16, DType.Q8)) {
      float[] x = wave(WIDTH, 0.37);
      Tensor scorer = weight("scorer", Shape.of(BLOCKS * CHOICES, WIDTH), 0.71, dtype);
      Tensor rows = weight("rows", Shape.of(BLOCKS, CHOICES, 1, WIDTH), 1.13, dtype);
      float[] actual = compute(device, x, scorer, rows);
      float[] expected = expected(x, Conversion.toFloats(scorer), Conversion.toFloats(rows));
      for (int block = 0; block < BLOCKS; block++) {
        if (!(Math.abs(actual[block] - expected[block]) <= TOLERANCE)) {
          throw InvalidInputException.of("The device %s %s computes wrongly: a self-test with weights of type %s gave %s instead of %s.",
              info.choice(), info.name(), dtype, actual[block], expected[block]);
        }
      }
    }
  }

  private static float[] compute(Preparation device, float[] x, Tensor scorer, Tensor rows) {
    Recorder recorder = new Recorder();
    Value input = recorder.input("x", DType.F32, Extent.ROW, WIDTH);
    Value scores = recorder.reshape(
        recorder.apply(new Linear(false), input, recorder.matrix("scorer", BLOCKS * CHOICES, WIDTH)), BLOCKS, CHOICES);
    Value chosen = recorder.apply(new BlockArgmax(), scores);
    recorder.output("y", recorder.apply(new SelectedRowsDot(), input, recorder.matrix("rows", BLOCKS, CHOICES, 1, WIDTH), chosen));
    Program program = recorder.program();
    float[] y = new float[BLOCKS];
    try (Executable executable =
        device.prepare(program, new NamedTensors("the self-test", List.of(scorer, rows)), new ExecutionLimits(1, 1, 1))) {
      executable.write(input, x, WIDTH);
      executable.run(0, 1, 1, 1);
      executable.read(program.output("y"), y, BLOCKS);
    }
    return y;
  }

  private static float[] expected(float[] x, float[] scorer, float[] rows) {
    float[] y = new float[BLOCKS];
    for (int block = 0; block < BLOCKS; block++) {
      int best = block * CHOICES;
      for (int row = best + 1; row < (block + 1) * CHOICES; row++) {
        best = dot(x, scorer, row) > dot(x, scorer, best) ? row : best;
      }
      y[block] = (float) dot(x, rows, best);
    }
    return y;
  }

  private static double dot(float[] x, float[] matrix, int row) {
    double sum = 0;
    for (int i = 0; i < WIDTH; i++) {
      sum += x[i] * matrix[row * WIDTH + i];
    }
    return sum;
  }

  private static Tensor weight(String name, Shape shape, double pace, DType dtype) {
    return Conversion.convert(Tensor.of(name, shape, wave(shape.intElements(), pace)), dtype, Arena.ofAuto());
  }

  /** Numbers from -1 to 1 without a pattern that a mistake could hide in. */
  private static float[] wave(int count, double pace) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) Math.sin(pace * (i + 1) * (i + 1));
    }
    return values;
  }
}
