package org.terraformer.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Backend;
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
  private static final Backend CPU = new CpuBackend(CpuKernels.all(), ScalarKernels.all(), 2);

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 16, 21, 64})
  void eachChoiceIsDrawnAsOftenAsTheSoftmaxSays(int choices) {
    float[] logits = new float[choices];
    SplittableRandom random = new SplittableRandom(choices);
    for (int i = 0; i < choices; i++) {
      logits[i] = (float) random.nextGaussian();
    }
    int[] drawn = draw(CPU, repeated(logits), choices, 7);
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
    float[] logits = new float[BLOCKS * choices];
    assertThat(draw(CPU, logits, choices, 1)).isEqualTo(draw(CPU, logits, choices, 1)).isNotEqualTo(draw(CPU, logits, choices, 2));
  }

  @Test
  void aBlockDrawsTheSameWhateverBlocksFollow() {
    for (int choices = 1; choices <= 70; choices++) {
      float[] logits = new float[100 * choices];
      SplittableRandom random = new SplittableRandom(choices);
      for (int i = 0; i < logits.length; i++) {
        logits[i] = (float) random.nextGaussian();
      }
      int[] all = draw(CPU, logits, choices, 7);
      for (int blocks : new int[] {1, 3, 7, 13, 64, 77}) {
        assertThat(draw(CPU, Arrays.copyOf(logits, blocks * choices), choices, 7)).as("%d of %d choices", blocks, choices)
            .isEqualTo(Arrays.copyOf(all, blocks));
      }
    }
  }

  /** All exponentials are 1 or as good as 0, and their sums free of rounding. */
  @ParameterizedTest
  @MethodSource("logitsFarApart")
  void theChoiceIsThePlainKernelsHoweverFarLogitsAreApart(float... kinds) {
    Backend plain = new ScalarBackend(ScalarKernels.all());
    for (int choices = 1; choices <= 70; choices++) {
      SplittableRandom random = new SplittableRandom(choices);
      float[] logits = new float[37 * choices];
      for (int i = 0; i < logits.length; i++) {
        logits[i] = kinds[random.nextInt(kinds.length)];
      }
      assertThat(draw(CPU, logits, choices, 7)).as("%d choices", choices).isEqualTo(draw(plain, logits, choices, 7));
    }
  }

  static Stream<Arguments> logitsFarApart() {
    return Stream.of(new float[] {2.5f}, new float[] {-Float.MAX_VALUE, 0, Float.MAX_VALUE}, new float[] {-1e4f, 1e4f},
        new float[] {Float.NEGATIVE_INFINITY, 1}, new float[] {Float.NEGATIVE_INFINITY}, new float[] {0, Float.POSITIVE_INFINITY},
        new float[] {0, 0, 0, 0, 0, Float.NaN}).map(kinds -> Arguments.of((Object) kinds));
  }

  private static float[] repeated(float[] logits) {
    float[] all = new float[BLOCKS * logits.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = logits[i % logits.length];
    }
    return all;
  }

  private static int[] draw(Backend backend, float[] logits, int choices, int seed) {
    int blocks = logits.length / choices;
    Recorder recorder = new Recorder();
    Value x = recorder.input("x", DType.F32, Extent.FIXED, blocks, choices);
    Value key = recorder.input("seed", DType.I32, Extent.FIXED);
    Value drawn = recorder.apply(new BlockDraw(3, TEMPERATURE), x, key);
    recorder.output("drawn", drawn);
    try (Executable executable = backend.prepare(recorder.program(), new NamedTensors("test", List.of()), new ExecutionLimits(1, 1, 1),
        ProgressListener.NONE)) {
      executable.write(x, logits, logits.length);
      executable.write(key, new int[] {seed}, 1);
      executable.run(0, 1, 1, 1);
      int[] choice = new int[blocks];
      executable.read(drawn, choice, blocks);
      return choice;
    }
  }
}
