package org.terraformer.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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

/** Attention over more cached tokens than one range of positions holds. */
class LongContextTest {
  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"F32", "BF16"})
  void everyQueryEqualsThePlainOneWhateverTheNumberOfThreads(DType cache) {
    check(3, 72, cache, 1018, 7, 1000, 1);
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"F32", "BF16"})
  void soItDoesWithManyHeadsWhoseRangesAreLonger(DType cache) {
    check(16, 8, cache, 4090, 7, 1);
  }

  private static void check(int heads, int size, DType cache, int... lengths) {
    float[] expected = attend(new ScalarBackend(ScalarKernels.all()), heads, size, cache, lengths);
    float[] one = attend(cpu(1), heads, size, cache, lengths);
    for (int i = 0; i < one.length; i++) {
      assertThat(one[i]).as("element %d", i).isCloseTo(expected[i], within(1e-5f));
    }
    assertThat(attend(cpu(2), heads, size, cache, lengths)).isEqualTo(one);
    assertThat(attend(cpu(5), heads, size, cache, lengths)).isEqualTo(one);
  }

  /** Runs of so many rows: first a prompt, then a few across the border of a range. What the short runs give. */
  private static float[] attend(Backend backend, int heads, int size, DType cache, int... lengths) {
    int width = heads * size;
    Recorder recorder = new Recorder();
    List<Value> inputs = List.of("q", "k", "v").stream().map(name -> recorder.input(name, DType.F32, Extent.ROW, width)).toList();
    Value y = recorder.apply(new CausalAttention(heads), inputs.get(0), inputs.get(1), inputs.get(2), recorder.startPositions(),
        recorder.contextState("keys", width), recorder.contextState("values", width));
    recorder.output("y", y);
    Program program = recorder.program();
    SplittableRandom random = new SplittableRandom(3);
    float[] last = new float[(7 + 1) * width];
    try (Executable executable = backend.prepare(program, new NamedTensors("test", List.of()),
        new ExecutionLimits(1, lengths[0], Arrays.stream(lengths).sum(), cache), ProgressListener.NONE)) {
      int start = 0;
      int kept = 0;
      for (int length : lengths) {
        for (Value input : inputs) {
          float[] numbers = new float[length * width];
          for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) (2 * random.nextDouble() - 1);
          }
          executable.write(input, numbers, numbers.length);
        }
        executable.write(recorder.startPositions(), new int[] {start}, 1);
        executable.run(0, 1, length, length);
        start += length;
        if (length < 10) {
          float[] some = new float[length * width];
          executable.read(y, some, some.length);
          System.arraycopy(some, 0, last, kept, some.length);
          kept += some.length;
        }
      }
    }
    return last;
  }

  private static CpuBackend cpu(int threads) {
    return new CpuBackend(CpuKernels.all(), ScalarKernels.all(), threads);
  }
}
