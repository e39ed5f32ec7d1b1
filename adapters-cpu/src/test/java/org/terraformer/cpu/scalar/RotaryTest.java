package org.terraformer.cpu.scalar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Rotary;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/** Rotary positions: no recorded case of the reference has them in a causal layer, so their definition is checked by itself. */
class RotaryTest {
  private static final float[] X = {1, -2, 3, 0.5f};
  private static final float[] Z = {-1, 0.25f, 2, 1};

  @Test
  void nothingTurnsAtPositionZero() {
    assertThat(rotated(X, 100, 0)).containsExactly(X);
  }

  @Test
  void elementsTurnInPairsThatAreHalfAVectorApartTheLaterPairsSlower() {
    float[] y = rotated(X, 100, 3);
    assertThat(y[0]).isEqualTo((float) (1 * Math.cos(3) - 3 * Math.sin(3)), within(1e-6f));
    assertThat(y[2]).isEqualTo((float) (3 * Math.cos(3) + 1 * Math.sin(3)), within(1e-6f));
    assertThat(y[1]).isEqualTo((float) (-2 * Math.cos(0.3) - 0.5 * Math.sin(0.3)), within(1e-6f));
    assertThat(y[3]).isEqualTo((float) (0.5 * Math.cos(0.3) + -2 * Math.sin(0.3)), within(1e-6f));
  }

  @Property(tries = 50)
  void aProductOfTwoVectorsDependsOnTheirDistanceAlone(
      @ForAll @IntRange(max = 50) int first, @ForAll @IntRange(max = 50) int second, @ForAll @IntRange(max = 50) int further) {
    assertThat(product(first + further, second + further)).isEqualTo(product(first, second), within(1e-4));
  }

  private static double product(int first, int second) {
    float[] x = rotated(X, 10_000, first);
    float[] z = rotated(Z, 10_000, second);
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * z[i];
    }
    return sum;
  }

  private static float[] rotated(float[] x, float base, int position) {
    Recorder recorder = new Recorder();
    Value input = recorder.input("x", DType.F32, Extent.ROW, x.length);
    recorder.output("y", recorder.apply(new Rotary(base), input, recorder.rowPositions()));
    Program program = recorder.program();
    try (Executable executable = new ScalarBackend(ScalarKernels.all())
        .prepare(program, new NamedTensors("none", List.of()), new ExecutionLimits(1, 1, 128), ProgressListener.NONE)) {
      executable.write(input, x, x.length);
      executable.write(program.input(Recorder.POSITIONS), new int[] {position}, 1);
      executable.run(0, 1, 1, 1);
      float[] y = new float[x.length];
      executable.read(program.output("y"), y, y.length);
      return y;
    }
  }
}
