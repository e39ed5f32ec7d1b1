package org.terraformer.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.BlockDraw;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/** Choices drawn by their probabilities. */
class BlockDrawTest {
  private static final int BLOCKS = 20_000;
  private static final float TEMPERATURE = 0.5f;

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 16, 21, 64})
  void eachChoiceIsDrawnAsOftenAsTheSoftmaxSays(int choices) {
    float[] logits = new float[choices];
    SplittableRandom random = new SplittableRandom(choices);
    for (int i = 0; i < choices; i++) {
      logits[i] = (float) random.nextGaussian();
    }
    int[] drawn = draw(logits, 7);
    double all = IntStream.range(0, choices).mapToDouble(i -> Math.exp(logits[i] / TEMPERATURE)).sum();
    for (int choice = 0; choice < choices; choice++) {
      int wanted = choice;
      double p = Math.exp(logits[choice] / TEMPERATURE) / all;
      double share = (double) Arrays.stream(drawn).filter(index -> index == wanted).count() / BLOCKS;
      assertThat(share).as("choice %d of %d", choice, choices).isCloseTo(p, within(5 * Math.sqrt(p * (1 - p) / BLOCKS) + 1e-9));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 21})
  void theSeedDecides(int choices) {
    float[] logits = new float[choices];
    assertThat(draw(logits, 1)).isEqualTo(draw(logits, 1)).isNotEqualTo(draw(logits, 2));
  }

  private static int[] draw(float[] logits, int seed) {
    Recorder recorder = new Recorder();
    Value x = recorder.input("x", DType.F32, Extent.FIXED, BLOCKS, logits.length);
    Value key = recorder.input("seed", DType.I32, Extent.FIXED);
    Value drawn = recorder.apply(new BlockDraw(3, TEMPERATURE), x, key);
    recorder.output("drawn", drawn);
    try (Executable executable = new CpuBackend(CpuKernels.all(), ScalarKernels.all(), 2)
        .prepare(recorder.program(), new NamedTensors("test", List.of()), new ExecutionLimits(1, 1, 1), ProgressListener.NONE)) {
      float[] all = new float[BLOCKS * logits.length];
      for (int i = 0; i < all.length; i++) {
        all[i] = logits[i % logits.length];
      }
      executable.write(x, all, all.length);
      executable.write(key, new int[] {seed}, 1);
      executable.run(0, 1, 1, 1);
      int[] choices = new int[BLOCKS];
      executable.read(drawn, choices, BLOCKS);
      return choices;
    }
  }
}
