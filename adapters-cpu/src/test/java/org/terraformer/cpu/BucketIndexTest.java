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
import org.terraformer.ports.operation.AttentionWindow;
import org.terraformer.ports.operation.LshAttention;
import org.terraformer.ports.operation.LshBuckets;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/** Decoding by an index from buckets to positions attends to the same keys as looking at every one of them. */
class BucketIndexTest {
  private static final int HEADS = 2;
  private static final int WIDTH = HEADS * 20;
  private static final int CONTEXT = 600;
  private static final int PROMPT = 500;

  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"F32", "BF16"})
  void aLongSequenceIsDecodedAsTheRuleSaysWhateverTheNumberOfThreads(DType cache) {
    float[] expected = decode(new ScalarBackend(ScalarKernels.all()), cache);
    float[] one = decode(new CpuBackend(CpuKernels.all(), ScalarKernels.all(), 1), cache);
    for (int i = 0; i < one.length; i++) {
      assertThat(one[i]).as("element %d", i).isCloseTo(expected[i], within(1e-4f));
    }
    assertThat(decode(new CpuBackend(CpuKernels.all(), ScalarKernels.all(), 2), cache)).isEqualTo(one);
  }

  /**
   * A prompt as a whole, then row by row: some rows share buckets with more rows than there are candidates, others with fewer.
   */
  private static float[] decode(Backend backend, DType cache) {
    Recorder recorder = new Recorder();
    Value x = recorder.input("x", DType.F32, Extent.ROW, WIDTH);
    Value buckets = recorder.apply(new LshBuckets(HEADS, 3, List.of(8, 4), false, false, 1), x);
    AttentionWindow window = new AttentionWindow(8, 1, 0, true, true, false);
    Value y = recorder.apply(new LshAttention(HEADS, 3, window, 0), x, x, x, buckets, recorder.startPositions(),
        recorder.contextState("keys", WIDTH), recorder.contextState("values", WIDTH), recorder.slotIntegers("latest", HEADS, 3, 32),
        recorder.contextIntegers("chains", HEADS, 3));
    recorder.output("y", y);
    Program program = recorder.program();
    SplittableRandom random = new SplittableRandom(4);
    float[] all = new float[(CONTEXT - PROMPT) * WIDTH];
    try (Executable executable = backend.prepare(
        program, new NamedTensors("test", List.of()), new ExecutionLimits(1, PROMPT, CONTEXT, cache), ProgressListener.NONE)) {
      for (int start = 0; start < CONTEXT; start += start == 0 ? PROMPT : 1) {
        int length = start == 0 ? PROMPT : 1;
        float[] rows = new float[length * WIDTH];
        for (int i = 0; i < rows.length; i++) {
          rows[i] = (float) ((i % 3 == 0 ? 1 : 0) + random.nextGaussian());
        }
        executable.write(x, rows, rows.length);
        executable.write(recorder.startPositions(), new int[] {start}, 1);
        executable.run(0, 1, length, length);
        if (start > 0) {
          float[] row = new float[WIDTH];
          executable.read(y, row, WIDTH);
          System.arraycopy(row, 0, all, (start - PROMPT) * WIDTH, WIDTH);
        }
      }
    }
    return all;
  }
}
