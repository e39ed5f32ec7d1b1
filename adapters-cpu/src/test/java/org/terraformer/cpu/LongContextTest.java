package org.terraformer.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
  private static final int WIDTH = 3 * 72;
  private static final int CONTEXT = 2100;
  private static final int PROMPT = 1018;

  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"F32", "BF16"})
  void everyQueryEqualsThePlainOneWhateverTheNumberOfThreads(DType cache) {
    float[] expected = attend(new ScalarBackend(ScalarKernels.all()), cache);
    float[] one = attend(cpu(1), cache);
    for (int i = 0; i < one.length; i++) {
      assertThat(one[i]).as("element %d", i).isCloseTo(expected[i], within(1e-5f));
    }
    assertThat(attend(cpu(2), cache)).isEqualTo(one);
    assertThat(attend(cpu(5), cache)).isEqualTo(one);
  }

  /** A prompt, a few rows across the border of a range, another prompt, one row. */
  private static float[] attend(Backend backend, DType cache) {
    Recorder recorder = new Recorder();
    List<Value> inputs = List.of("q", "k", "v").stream().map(name -> recorder.input(name, DType.F32, Extent.ROW, WIDTH)).toList();
    Value y = recorder.apply(new CausalAttention(3), inputs.get(0), inputs.get(1), inputs.get(2), recorder.startPositions(),
        recorder.contextState("keys", WIDTH), recorder.contextState("values", WIDTH));
    recorder.output("y", y);
    Program program = recorder.program();
    SplittableRandom random = new SplittableRandom(3);
    float[] last = new float[(7 + 1) * WIDTH];
    try (Executable executable = backend.prepare(program, new NamedTensors("test", List.of()),
        new ExecutionLimits(1, PROMPT, CONTEXT, cache), ProgressListener.NONE)) {
      int start = 0;
      int kept = 0;
      for (int length : new int[] {PROMPT, 7, 1000, 1}) {
        for (Value input : inputs) {
          float[] numbers = new float[length * WIDTH];
          for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) (2 * random.nextDouble() - 1);
          }
          executable.write(input, numbers, numbers.length);
        }
        executable.write(recorder.startPositions(), new int[] {start}, 1);
        executable.run(0, 1, length, length);
        start += length;
        if (length < 10) {
          float[] some = new float[length * WIDTH];
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
