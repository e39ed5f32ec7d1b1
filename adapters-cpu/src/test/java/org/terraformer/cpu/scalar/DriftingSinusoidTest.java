package org.terraformer.cpu.scalar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.operation.DriftingSinusoid;
import org.terraformer.ports.operation.Threefry;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;

class DriftingSinusoidTest {

  /** The known answers that come with the function's authors' code. */
  @ParameterizedTest
  @CsvSource({
      "00000000, 00000000, 00000000, 00000000, 6b200159, 99ba4efe",
      "ffffffff, ffffffff, ffffffff, ffffffff, 1cb996fc, bb002be7",
      "13198a2e, 03707344, 243f6a88, 85a308d3, c4923a9c, 483df7a0"})
  void theRandomFunctionGivesTheKnownAnswers(String key0, String key1, String counter0, String counter1, String first, String second) {
    long words = Threefry.words(hex(key0), hex(key1), hex(counter0), hex(counter1));
    assertThat((int) words).isEqualTo(hex(first));
    assertThat((int) (words >>> Integer.SIZE)).isEqualTo(hex(second));
  }

  @Test
  void theKeyIsTheFirstHalfOfTheSplitSeed() {
    int seed = 234234535;
    assertThat((int) Threefry.words(0, seed, 0, 2)).isEqualTo(DriftingSinusoid.FIRST_KEY);
    assertThat((int) Threefry.words(0, seed, 1, 3)).isEqualTo(DriftingSinusoid.SECOND_KEY);
  }

  @Test
  void aPositionHasTheSameFeaturesWheneverItIsAskedFor() {
    float[] whole = features(7, 0, 12);
    for (int position : List.of(11, 3, 0, 7)) {
      assertThat(features(7, position, 1)).containsExactly(java.util.Arrays.copyOfRange(whole, position * 7, (position + 1) * 7));
    }
  }

  @Test
  void evenFeaturesAreCosinesAndOddOnesAQuarterTurnFurther() {
    float[] features = features(8, 5, 1);
    for (int i = 0; i < features.length; i += 2) {
      assertThat(features[i] * features[i] + features[i + 1] * features[i + 1]).isEqualTo(1, within(1e-6f));
    }
  }

  private static float[] features(int width, int start, int length) {
    Recorder recorder = new Recorder();
    recorder.output("y", recorder.apply(new DriftingSinusoid(width, 0.03), recorder.rowPositions()));
    Program program = recorder.program();
    float[] features = new float[length * width];
    try (Executable executable = new ScalarBackend(ScalarKernels.all())
        .prepare(program, new NamedTensors("none", List.of()), new ExecutionLimits(1, length, 32), ProgressListener.NONE)) {
      executable.write(program.input(Recorder.POSITIONS), new int[] {start}, 1);
      executable.run(0, 1, length, length);
      executable.read(program.output("y"), features, features.length);
    }
    return features;
  }

  private static int hex(String word) {
    return Integer.parseUnsignedInt(word, 16);
  }
}
