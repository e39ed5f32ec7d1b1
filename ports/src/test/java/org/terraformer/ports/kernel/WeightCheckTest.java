package org.terraformer.ports.kernel;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
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
  private static final Program MATRIX = program();

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 32", "2, 40", "3, 72", "5, 112"})
  void whatIsNotFiniteInQ8IsAtTheFirstElementOfItsBlockAndEachRowBeginsWithABlock(int scale, int index) {
    Tensor weight = Conversion.convert(Tensor.of("w", Shape.of(3, 40), new float[120]), DType.Q8, Arena.ofAuto());
    weight.scales().set(SHORT, 2L * scale, BFloat16.fromFloat(Float.POSITIVE_INFINITY));
    assertThatThrownBy(() -> WeightCheck.checkFinite(MATRIX, new NamedTensors("a test", List.of(weight))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("The tensor w of a test has the value Infinity at index %d but weights must be finite.", index);
  }

  @ParameterizedTest
  @CsvSource({"F32, 1, -Infinity", "BF16, 7, NaN", "F16, 0, Infinity", "F16, 119, -Infinity", "F16, 40, NaN"})
  void whatIsNotFiniteIsNamed(DType type, int index, float value) {
    float[] values = new float[120];
    values[index] = value;
    assertThatThrownBy(() -> WeightCheck.checkFinite(MATRIX, source(values, type))).isInstanceOf(InvalidInputException.class)
        .hasMessage("The tensor w of a test has the value %s at index %d but weights must be finite.", value, index);
  }

  @ParameterizedTest
  @CsvSource({"F32, 3e38", "BF16, 3e38", "F16, 65504", "Q8, 3e38"})
  void theLargestNumbersOfATypeAreFinite(DType type, float value) {
    float[] values = new float[120];
    values[7] = value;
    values[90] = -value;
    assertThatCode(() -> WeightCheck.checkFinite(MATRIX, source(values, type))).doesNotThrowAnyException();
  }

  @Test
  void integersAreNoWeights() {
    Tensor integers = new Tensor("w", DType.I32, Shape.of(3, 40), Arena.ofAuto().allocate(480));
    assertThatThrownBy(() -> WeightCheck.check(MATRIX, new NamedTensors("a test", List.of(integers)))).isInstanceOf(InvalidInputException.class)
        .hasMessage("The tensor w of a test has type I32 but a weight must be F32, F16, BF16 or Q8.");
  }

  private static Program program() {
    Recorder recorder = new Recorder();
    recorder.matrix("w", 3, 40);
    return recorder.program();
  }

  private static NamedTensors source(float[] values, DType type) {
    return new NamedTensors("a test", List.of(Conversion.convert(Tensor.of("w", Shape.of(3, 40), values), type, Arena.ofAuto())));
  }
}
