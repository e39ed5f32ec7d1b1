package org.terraformer.ports.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.terraformer.ports.failure.InvalidInputException;

class ConversionTest {

  private static Tensor row(float... values) {
    return Tensor.of("weight", Shape.of(1, values.length), values);
  }

  private static Tensor to(Tensor source, DType type) {
    return Conversion.convert(source, type, Arena.ofAuto());
  }

  /** Rows that are no multiple of a block long, of values of every size. */
  @Provide
  Arbitrary<float[]> rows() {
    Arbitrary<Float> anyFinite = Arbitraries.integers().map(Float::intBitsToFloat).filter(Float::isFinite);
    Arbitrary<Float> likeWeights = Arbitraries.floats().between(-1, 1).ofScale(8);
    return Arbitraries.oneOf(anyFinite, likeWeights).array(float[].class).ofMinSize(1).ofMaxSize(70);
  }

  @Test
  void bfloat16IsTheNearestAndOfTwoTheEven() {
    float step = 0x1p-7f;
    assertThat(Conversion.toFloats(to(row(1 + 0.5f * step, 1 + 1.5f * step, 1 + 0.51f * step, -1 - 0.5f * step), DType.BF16)))
        .containsExactly(1, 1 + 2 * step, 1 + step, -1);
    assertThat(Conversion.toFloats(to(row(Float.MAX_VALUE, Float.MIN_VALUE, Float.NaN, Float.NEGATIVE_INFINITY), DType.BF16)))
        .containsExactly(Float.POSITIVE_INFINITY, 0, Float.NaN, Float.NEGATIVE_INFINITY);
  }

  @Test
  void anF16IsTheNearestAndOfTwoTheEven() {
    float step = 0x1p-10f;
    float least = 0x1p-24f;
    assertThat(Conversion.toFloats(to(row(1 + 0.5f * step, 1 + 1.5f * step, 1 + 0.51f * step, -1 - 0.5f * step), DType.F16)))
        .containsExactly(1, 1 + 2 * step, 1 + step, -1);
    assertThat(Conversion.toFloats(to(row(0.5f * least, 0.51f * least, 1.5f * least, 2.5f * least, 65_519, -65_519), DType.F16)))
        .containsExactly(0, least, 2 * least, 2 * least, 65_504, -65_504);
    assertThat(Conversion.toFloats(to(row(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY), DType.F16)))
        .containsExactly(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
  }

  @Test
  void everyF16IsAnF32() {
    Tensor all = new Tensor("weight", DType.F16, Shape.of(256, 256), Arena.ofAuto().allocate(1 << 17));
    for (int i = 0; i < 1 << 16; i++) {
      all.data().set(ValueLayout.JAVA_SHORT, 2L * i, (short) i);
    }
    Tensor floats = to(all, DType.F32);
    float[] expected = new float[1 << 16];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = Float.float16ToFloat((short) i);
    }
    assertThat(Conversion.toFloats(all)).containsExactly(expected);
    assertThat(Conversion.toFloats(floats)).containsExactly(expected);
    assertThat(Conversion.toFloats(to(floats, DType.F16))).containsExactly(expected);
  }

  @ParameterizedTest
  @CsvSource({"65520, 65520.0", "-65520, -65520.0", "1e9, 1.0E9"})
  void whatWouldBeInfiniteAsF16IsRefused(float value, String named) {
    assertThatThrownBy(() -> to(row(1, 2, value), DType.F16)).isInstanceOf(InvalidInputException.class)
        .hasMessage("The tensor weight has the value %s at index 2 but F16 holds values up to 65,504.", named);
    assertThatThrownBy(() -> to(to(row(1, 2, 0x1p17f), DType.BF16), DType.F16)).isInstanceOf(InvalidInputException.class)
        .hasMessage("The tensor weight has the value 131072.0 at index 2 but F16 holds values up to 65,504.");
  }

  @Test
  void aBlockOfQ8HasTheScaleNearestToA127thOfItsLargest() {
    float[] values = new float[40];
    values[0] = -254;
    values[1] = 3;
    values[32] = 12.7f;
    Tensor q8 = to(row(values), DType.Q8);
    assertThat(q8.data().toArray(ValueLayout.JAVA_BYTE)).startsWith(-127, 2, 0).hasSize(40);
    assertThat(q8.data().get(ValueLayout.JAVA_BYTE, 32)).isEqualTo((byte) 127);
    assertThat(BFloat16.toFloat(q8.scales().get(ValueLayout.JAVA_SHORT_UNALIGNED, 0))).isEqualTo(2);
    assertThat(BFloat16.toFloat(q8.scales().get(ValueLayout.JAVA_SHORT_UNALIGNED, 2))).isEqualTo(0.10009765625f);
  }

  @Property(tries = 2000)
  void noWeightOfQ8IsFartherOffThanHalfAScale(@ForAll("rows") float[] values) {
    Tensor q8 = to(row(values), DType.Q8);
    float[] read = Conversion.toFloats(q8);
    for (int i = 0; i < values.length; i++) {
      double scale = BFloat16.toFloat(q8.scales().get(ValueLayout.JAVA_SHORT_UNALIGNED, i / DType.Q8_BLOCK * 2L));
      assertThat(Math.abs((double) values[i] - read[i])).isLessThanOrEqualTo(scale / 2 * (1 + 1e-6));
    }
  }

  @Property(tries = 2000)
  void whatWasSmallOnceDoesNotChangeOnItsWayThroughALargerType(@ForAll("rows") float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(values[i]) < 0x1p-119f ? 0 : values[i];
    }
    for (DType type : new DType[] {DType.BF16, DType.F16, DType.Q8}) {
      Tensor once = to(type == DType.F16 ? row(halved(values)) : row(values), type);
      Tensor again = to(to(once, DType.F32), type);
      assertThat(Conversion.toFloats(again)).as(type.name()).containsExactly(Conversion.toFloats(once));
    }
  }

  /** Halved until they are no larger than the largest F16. */
  private static float[] halved(float[] values) {
    float[] all = values.clone();
    for (int i = 0; i < all.length; i++) {
      while (Math.abs(all[i]) > 65_504) {
        all[i] /= 2;
      }
    }
    return all;
  }

  @Test
  void theSameTypeIsTheSameTensor() {
    Tensor source = row(1, 2);
    assertThat(to(source, DType.F32)).isSameAs(source);
    Tensor q8 = to(source, DType.Q8);
    assertThat(to(q8, DType.Q8)).isSameAs(q8);
  }

  @Test
  void whatIsNotFiniteCannotBecomeQ8() {
    assertThatThrownBy(() -> to(row(1, Float.NaN), DType.Q8)).isInstanceOf(InvalidInputException.class)
        .hasMessage("The tensor weight has the value NaN at index 1 but only finite values can become Q8.");
  }
}
