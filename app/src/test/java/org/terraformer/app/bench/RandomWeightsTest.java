package org.terraformer.app.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;

class RandomWeightsTest {
  private static final int WIDTH = 256;

  @ParameterizedTest
  @EnumSource(value = DType.class, mode = EnumSource.Mode.EXCLUDE, names = "I32")
  void matricesOfEveryTypeAreDrawnEvenlyUpToTheSameSize(DType type) {
    Recorder recorder = new Recorder();
    recorder.matrix("w", 100, WIDTH);
    Program program = recorder.program();
    try (Arena arena = Arena.ofShared()) {
      RandomWeights weights = RandomWeights.of(
          program, type, WIDTH, RandomWeights.region(RandomWeights.bytes(program, type), type, WIDTH, arena), arena);
      float[] values = Conversion.toFloats(weights.find("w").orElseThrow());
      double largest = 0;
      double sum = 0;
      double squares = 0;
      for (float value : values) {
        largest = Math.max(largest, Math.abs(value));
        sum += value;
        squares += value * value;
      }
      double most = 1 / Math.sqrt(WIDTH);
      assertThat(largest).isCloseTo(most, within(0.01 * most));
      assertThat(sum / values.length).isCloseTo(0, within(0.02 * most));
      assertThat(squares / values.length).isCloseTo(most * most / 3, within(0.02 * most * most));
    }
  }
}
