package org.terraformer.domain.training.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

class GradientNormTest {
  private final Scratch scratch = new Scratch();

  @Property(tries = 30)
  void theNormIsThatOfAllGradientsInOneVector(@ForAll @IntRange(max = 100_000) int first, @ForAll @IntRange(max = 5) int second, @ForAll long seed) {
    Random random = new Random(seed);
    float[] a = random(random, first);
    float[] b = random(random, second);
    double sum = 0;
    for (float x : a) {
      sum += (double) x * x;
    }
    for (float x : b) {
      sum += (double) x * x;
    }
    GradientNorm norm = new GradientNorm(List.of(tensor("a", a), tensor("none", new float[0]), tensor("b", b)));
    double whole = norm.measure(1, scratch);
    assertThat(whole).isCloseTo(Math.sqrt(sum), within(1e-9 * (1 + Math.sqrt(sum))));
    for (int piece = norm.pieces() - 1; piece >= 0; piece--) {
      norm.run(piece, piece + 1, new Scratch());
    }
    assertThat(norm.norm(1)).isEqualTo(whole);
  }

  @Property(tries = 30)
  void aGradientThatIsNotFiniteIsNamed(@ForAll @IntRange(max = 69_999) int place, @ForAll boolean nan) {
    float[] values = new float[70_000];
    values[place] = nan ? Float.NaN : Float.NEGATIVE_INFINITY;
    GradientNorm norm = new GradientNorm(List.of(tensor("encoder.w1", new float[3]), tensor("encoder.w2", values), tensor("out", new float[3])));
    assertThatThrownBy(() -> norm.measure(17, scratch)).isInstanceOf(InvalidInputException.class).hasMessage(
        "The gradient of encoder.w2 in step 17 holds %s, but gradients must be finite.".formatted(nan ? "NaN" : "an infinite number"));
  }

  @Example
  void theLargestFloatsHaveAFiniteNorm() {
    GradientNorm norm = new GradientNorm(List.of(tensor("w", new float[] {Float.MAX_VALUE, Float.MAX_VALUE})));
    assertThat(norm.measure(1, scratch)).isCloseTo(Math.sqrt(2) * Float.MAX_VALUE, within(1e30));
  }

  @Example
  void onlyNormsAboveTheLargestAreClipped() {
    assertThat(GradientNorm.clippingScale(0, 1)).isEqualTo(1);
    assertThat(GradientNorm.clippingScale(1, 1)).isEqualTo(1);
    assertThat(GradientNorm.clippingScale(4, 1)).isEqualTo(0.25);
    assertThatThrownBy(() -> GradientNorm.clippingScale(1, 0)).isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("The largest gradient norm is 0.0 but must be");
  }

  private static float[] random(Random random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextFloat(-1, 1);
    }
    return values;
  }

  private static Tensor tensor(String name, float[] values) {
    return Tensor.of(name, Shape.of(values.length), values);
  }
}
