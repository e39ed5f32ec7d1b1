package org.terraformer.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.terraformer.cpu.run.SlotCopy;
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.CausalAttention;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

class SlotCopyTest {
  private static final List<String> WITH_CACHE = List.of("causal_attention", "chunked_attention", "lsh_attention");
  private static final int FED = 5;

  @Test
  void ofEachHeadOnlyThePositionsInUseAreCopied() {
    Recorder recorder = new Recorder();
    Value x = recorder.input("x", DType.F32, Extent.ROW, 6);
    recorder.output("y", recorder.apply(new CausalAttention(2), x, x, x, recorder.startPositions(), recorder.contextState("keys", 6),
        recorder.contextState("values", 6)));
    List<String> copies = new ArrayList<>();
    new SlotCopy(recorder.program(), new ExecutionLimits(3, 1, 10)).copy(0, 2, 4,
        (state, from, to, count) -> copies.add("%s: %d elements from %d to %d".formatted(state.name(), count, from, to)));
    assertThat(copies).containsExactly("keys: 12 elements from 0 to 120", "keys: 12 elements from 30 to 150",
        "values: 12 elements from 0 to 120", "values: 12 elements from 30 to 150");
  }

  @Test
  void stateThatDoesNotGrowIsCopiedWhole() {
    Recorder recorder = new Recorder();
    recorder.slotState("carry", 7);
    List<String> copies = new ArrayList<>();
    new SlotCopy(recorder.program(), new ExecutionLimits(3, 1, 10)).copy(2, 1, 4,
        (state, from, to, count) -> copies.add("%s: %d elements from %d to %d".formatted(state.name(), count, from, to)));
    assertThat(copies).containsExactly("carry: 7 elements from 14 to 7");
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aCopyGoesOnAsItsOriginalDoes(Backend backend) {
    for (String operation : WITH_CACHE) {
      for (long seed = 0; seed < 20; seed++) {
        Recorder recorder = new Recorder();
        Value y = KernelCases.ALL.get(operation).record(recorder, new RandomSizes(new SplittableRandom(seed)));
        recorder.output("y", y);
        if (recorder.program().states().stream().anyMatch(state -> state.extent() == Extent.CONTEXT)) {
          assertGoesOnAlike(backend, recorder.program(), y, new SplittableRandom(seed));
        }
      }
    }
  }

  private static void assertGoesOnAlike(Backend backend, Program program, Value y, SplittableRandom random) {
    try (Executable executable = backend.prepare(program, new NamedTensors("none", List.of()), new ExecutionLimits(2, 8, 16),
        ProgressListener.NONE)) {
      feed(executable, 0, 1, 0, FED, random);
      feed(executable, 1, 1, 0, FED + 3, random);
      executable.copySlot(0, 1, FED);
      feed(executable, 0, 2, FED, 3, random);
      float[] both = new float[2 * 3 * y.width()];
      executable.read(y, both, both.length);
      assertThat(Arrays.copyOfRange(both, both.length / 2, both.length)).as("%s on %s", program.steps(), backend.name())
          .isEqualTo(Arrays.copyOf(both, both.length / 2));
    }
  }

  /** Runs some sequences on the same random rows. */
  private static void feed(Executable executable, int slot, int sequences, int position, int length, SplittableRandom random) {
    for (Value input : executable.program().inputs()) {
      int items = input.extent() == Extent.ROW ? length : 1;
      int copies = input.extent() == Extent.FIXED ? 1 : sequences;
      if (input.dtype() == DType.I32) {
        int[] numbers = new int[copies];
        Arrays.fill(numbers, position);
        executable.write(input, numbers, copies);
        continue;
      }
      int count = items * input.width();
      float[] numbers = new float[copies * count];
      for (int i = 0; i < count; i++) {
        numbers[i] = (float) random.nextGaussian();
      }
      for (int copy = 1; copy < copies; copy++) {
        System.arraycopy(numbers, 0, numbers, copy * count, count);
      }
      executable.write(input, numbers, numbers.length);
    }
    executable.run(slot, sequences, length, length);
  }

  static Stream<Backend> backends() {
    return Stream.of(new ScalarBackend(ScalarKernels.all()), new CpuBackend(CpuKernels.all(), ScalarKernels.all(), 2));
  }
}
