package org.terraformer.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.cpu.vector.StreamingRead;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Measurable;
import org.terraformer.ports.kernel.RunProfile;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.CausalAttention;
import org.terraformer.ports.operation.Scale;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

class MeasurableTest {

  @Test
  void everyStepOfTheRunsIsTimed() {
    Recorder recorder = new Recorder();
    Value x = recorder.input("x", DType.F32, Extent.ROW, 4);
    recorder.output("y", recorder.apply(new Add(), recorder.apply(new Scale(2), x), x));
    try (Executable executable = prepare(recorder, new ExecutionLimits(1, 1, 1))) {
      RunProfile profile = ((Measurable) executable).profile(() -> {
        for (int i = 0; i < 5; i++) {
          executable.run(0, 1, 1, 1);
        }
      });
      assertThat(profile.runs()).isEqualTo(5);
      assertThat(profile.steps()).extracting(time -> time.step().operation().name()).containsExactly("scale", "add");
      assertThat(profile.steps()).allMatch(time -> time.working() >= 0 && time.waiting() >= 0);
      assertThat(profile.seconds()).isGreaterThanOrEqualTo(profile.steps().stream().mapToDouble(time -> time.working() + time.waiting()).sum());
      assertThat(((Measurable) executable).profile(() -> {}).runs()).as("what is run outside is not counted").isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"F32", "BF16"})
  void filledStateIsWhatTheNextTokenAttendsTo(DType cache) {
    Recorder recorder = new Recorder();
    Value x = recorder.input("x", DType.F32, Extent.ROW, 4);
    recorder.output("y", recorder.apply(new CausalAttention(1), x, x, x, recorder.startPositions(),
        recorder.contextState("keys", 4), recorder.contextState("values", 4)));
    try (Executable executable = prepare(recorder, new ExecutionLimits(2, 1, 64, cache))) {
      ((Measurable) executable).fillState(1, new float[] {0.5f});
      executable.write(x, new float[4], 4);
      executable.write(executable.program().input(Recorder.POSITIONS), new int[] {63}, 1);
      float[] y = new float[4];
      executable.run(1, 1, 1, 1);
      executable.read(executable.program().output("y"), y, 4);
      assertThat(y[0]).isCloseTo(0.5f * 63 / 64, within(1e-5f));
      executable.run(0, 1, 1, 1);
      executable.read(executable.program().output("y"), y, 4);
      assertThat(y[0]).as("the other slot").isZero();
    }
  }

  @Test
  void aStreamingReadReadsWithAnyNumberOfThreads() {
    for (int threads = 1; threads <= 3; threads++) {
      try (StreamingRead read = new StreamingRead(threads)) {
        assertThat(read.bytesPerSecond()).isPositive();
      }
    }
  }

  private static Executable prepare(Recorder recorder, ExecutionLimits limits) {
    return new CpuBackend(CpuKernels.all(), ScalarKernels.all(), 2)
        .prepare(recorder.program(), new NamedTensors("test", List.of()), limits, ProgressListener.NONE);
  }
}
