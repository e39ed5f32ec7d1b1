package org.terraformer.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.run.Frame;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.ModuleConvolution;
import org.terraformer.ports.operation.Scale;
import org.terraformer.ports.operation.SelectedRowsDot;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

@Timeout(30)
class CpuExecutableTest {

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void aPositionThatDoesNotExistIsRefused(int position) {
    try (Executable executable = convolution(2)) {
      executable.write(executable.program().input(Recorder.POSITIONS), new int[] {position}, 1);
      assertThatThrownBy(() -> executable.run(0, 1, 1, 1)).isInstanceOf(InvalidInputException.class).hasMessageContaining("" + position);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 2, 1_000_000_000})
  void aChosenIndexBeyondTheChoicesReadsNoMemory(int index) {
    Recorder recorder = new Recorder();
    Value x = recorder.input("x", DType.F32, Extent.ROW, 3);
    Value chosen = recorder.input("chosen", DType.I32, Extent.ROW, 1);
    recorder.output("y", recorder.apply(new SelectedRowsDot(), x, recorder.matrix("w", 1, 2, 1, 3), chosen));
    NamedTensors weights = new NamedTensors("test", List.of(Tensor.of("w", Shape.of(1, 2, 1, 3), new float[6])));
    try (Executable executable = backend(2).prepare(recorder.program(), weights, new ExecutionLimits(1, 1, 1), ProgressListener.NONE)) {
      executable.write(chosen, new int[] {index}, 1);
      assertThatThrownBy(() -> executable.run(0, 1, 1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aClosedExecutableRunsNoMoreAndMayBeClosedAgain(int threads) {
    Executable executable = convolution(threads);
    executable.close();
    executable.close();
    assertThatThrownBy(() -> executable.run(0, 1, 1, 1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aWorkerTakesOverTheSharesThatAnotherIsTooSlowFor() {
    int shares = 4;
    AtomicIntegerArray done = new AtomicIntegerArray(2 * shares);
    AtomicInteger others = new AtomicInteger();
    CpuKernel slowInItsFirstShare = new CpuKernel() {
      @Override
      public int sharesPerWorker(int phase, Frame frame, int workers) {
        return shares;
      }

      @Override
      public void run(int phase, Frame frame, int share, int all) {
        assertThat(all).isEqualTo(2 * shares);
        done.incrementAndGet(share);
        while (share == 0 && others.get() < all - 1) {
          Thread.onSpinWait();
        }
        others.incrementAndGet();
      }
    };
    CpuBackend backend = new CpuBackend(Map.of("scale", (step, operands, result, site) -> slowInItsFirstShare), ScalarKernels.all(), 2);
    try (Executable executable = scaling(backend)) {
      executable.run(0, 1, 1, 1);
    }
    assertThat(IntStream.range(0, done.length()).map(done::get)).containsOnly(1);
  }

  @Test
  void whatFailsToBePreparedLeavesNoMemoryBehind() {
    AtomicReference<MemorySegment> taken = new AtomicReference<>();
    CpuBackend backend = new CpuBackend(Map.of("scale", (step, operands, result, site) -> {
      taken.set(result.data());
      throw new OutOfMemoryError("all is taken");
    }), ScalarKernels.all(), 1);
    assertThatThrownBy(() -> scaling(backend)).isInstanceOf(InvalidInputException.class);
    assertThat(taken.get().scope().isAlive()).isFalse();
  }

  @Test
  void tooLittleMemoryIsASentenceThatTellsWhatIsNeeded() {
    Recorder recorder = new Recorder();
    recorder.contextState("keys", 1 << 20);
    assertThatThrownBy(() -> backend(1).prepare(recorder.program(), new NamedTensors("test", List.of()),
        new ExecutionLimits(1 << 10, 1, 1 << 20), ProgressListener.NONE)).isInstanceOf(InvalidInputException.class)
        .hasMessageMatching("The backend cpu needs 4503599627370\\d+ bytes for what the program computes and remembers,.+: .+");
  }

  @Test
  void aMissingWeightIsNamed() {
    Recorder recorder = new Recorder();
    recorder.matrix("w", 1);
    assertThatThrownBy(() -> backend(1).prepare(recorder.program(), new NamedTensors("test", List.of()),
        new ExecutionLimits(1, 1, 1), ProgressListener.NONE)).hasMessage("test lacks 1 of the model's 1 tensors: w.");
  }

  /** Workers that remember a row do not wait for each other before the next step, which may take the memory of that row. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5})
  void rowsOneByOneAreRememberedForLaterOnes(int threads) {
    int modules = 6;
    int size = 40;
    Recorder recorder = new Recorder();
    Value y = recorder.input("x", DType.F32, Extent.ROW, modules, size);
    List<Tensor> tensors = new ArrayList<>();
    RandomGenerator random = new SplittableRandom(3);
    for (int layer = 0; layer < 4; layer++) {
      Value weight = recorder.matrix("w" + layer, size, 3, 3, size);
      tensors.add(Tensor.of(weight.name(), weight.shape(), floats(random, Math.toIntExact(weight.shape().elements()))));
      y = recorder.apply(new ModuleConvolution(false), y, weight, recorder.startPositions(), recorder.slotState("h" + layer, 2, modules, size));
    }
    recorder.output("y", y);
    NamedTensors weights = new NamedTensors("test", tensors);
    assertThat(decoded(backend(threads), recorder.program(), weights)).isEqualTo(decoded(backend(1), recorder.program(), weights));
  }

  private static float[] decoded(CpuBackend backend, Program program, NamedTensors weights) {
    int width = program.output("y").width();
    float[] results = new float[50 * width];
    RandomGenerator random = new SplittableRandom(4);
    try (Executable executable = backend.prepare(program, weights, new ExecutionLimits(1, 1, 50), ProgressListener.NONE)) {
      for (int position = 0; position < 50; position++) {
        executable.write(program.input("x"), floats(random, width), width);
        executable.write(program.input(Recorder.POSITIONS), new int[] {position}, 1);
        executable.run(0, 1, 1, 1);
        float[] y = new float[width];
        executable.read(program.output("y"), y, width);
        System.arraycopy(y, 0, results, position * width, width);
      }
    }
    return results;
  }

  private static float[] floats(RandomGenerator random, int count) {
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] = random.nextFloat(-0.1f, 0.1f);
    }
    return floats;
  }

  private static Executable convolution(int threads) {
    Recorder recorder = new Recorder();
    Value x = recorder.input("x", DType.F32, Extent.ROW, 1, 2);
    recorder.output("y", recorder.apply(new ModuleConvolution(false), x, recorder.matrix("w", 1, 3, 1, 2),
        recorder.startPositions(), recorder.slotState("history", 2, 1, 2)));
    NamedTensors weights = new NamedTensors("test", List.of(Tensor.of("w", Shape.of(1, 3, 1, 2), new float[6])));
    return backend(threads).prepare(recorder.program(), weights, new ExecutionLimits(1, 1, 1), ProgressListener.NONE);
  }

  private static Executable scaling(CpuBackend backend) {
    Recorder recorder = new Recorder();
    recorder.output("y", recorder.apply(new Scale(2), recorder.input("x", DType.F32, Extent.ROW, 3)));
    return backend.prepare(recorder.program(), new NamedTensors("test", List.of()), new ExecutionLimits(1, 1, 1), ProgressListener.NONE);
  }

  private static CpuBackend backend(int threads) {
    return new CpuBackend(CpuKernels.all(), ScalarKernels.all(), threads);
  }
}
