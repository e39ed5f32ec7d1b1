package org.terraformer.ports.kernel;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.BFloat16;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

class WeightCheckTest {
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 32", "2, 40", "3, 72", "5, 112"})
  void whatIsNotFiniteInQ8IsAtTheFirstElementOfItsBlockAndEachRowBeginsWithABlock(int scale, int index) {
    Recorder recorder = new Recorder();
    recorder.matrix("w", 3, 40);
    Tensor weight = Conversion.convert(Tensor.of("w", Shape.of(3, 40), new float[120]), DType.Q8, Arena.ofAuto());
    weight.scales().set(SHORT, 2L * scale, BFloat16.fromFloat(Float.POSITIVE_INFINITY));
    assertThatThrownBy(() -> WeightCheck.checkFinite(recorder.program(), new NamedTensors("a test", List.of(weight))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("The tensor w of a test has the value Infinity at index %d but weights must be finite.", index);
  }
}
