package org.terraformer.domain.training.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.terraformer.ports.recording.Factoring;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

class FactoringTest {

  @Property(tries = 60)
  void howAWeightLiesInMemoryDoesNotChangeItsUpdate(@ForAll @IntRange(min = 1, max = 3) int outer, @ForAll @IntRange(min = 1,
      max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 4) int between, @ForAll @IntRange(min = 1, max = 9) int columns,
      @ForAll @IntRange(min = 1, max = 70) int inner, @ForAll long seed) {
    Random random = new Random(seed);
    Factoring factoring = new Factoring(outer, rows, between, columns, inner);
    int elements = (int) factoring.elements();
    // The same elements with rows and columns as the last axes.
    Shape matrices = Shape.of((long) outer * between * inner, rows, columns);
    int[] place = places(factoring);
    float[] weight = new float[elements];
    float[] gradient = new float[elements];
    float[] ordered = new float[elements];
    float[] orderedGradient = new float[elements];
    Shape flat = Shape.of(elements);
    Adafactor adafactor = Adafactor.DEFAULTS;
    ParameterUpdate update = adafactor.attach(
        Tensor.of("w", flat, weight), Tensor.of("w", flat, gradient), Optional.of(factoring), Arena.ofAuto());
    ParameterUpdate plain = adafactor.attach(Tensor.of("w", matrices, ordered), Tensor.of("w", matrices, orderedGradient),
        Arena.ofAuto());
    for (int i = 0; i < elements; i++) {
      weight[i] = (float) random.nextGaussian();
      ordered[place[i]] = weight[i];
    }
    for (int step = 1; step <= 3; step++) {
      for (int i = 0; i < elements; i++) {
        gradient[i] = (float) random.nextGaussian();
        orderedGradient[place[i]] = gradient[i];
      }
      update.apply(new UpdateStep(step, 0.1, 1), new Scratch());
      plain.apply(new UpdateStep(step, 0.1, 1), new Scratch());
    }
    for (int i = 0; i < elements; i++) {
      assertThat(weight[i]).isCloseTo(ordered[place[i]], within(1e-4f));
    }
  }

  private static int[] places(Factoring f) {
    int[] places = new int[(int) f.elements()];
    int at = 0;
    for (int outer = 0; outer < f.outer(); outer++) {
      for (int row = 0; row < f.rows(); row++) {
        for (int between = 0; between < f.between(); between++) {
          for (int column = 0; column < f.columns(); column++) {
            for (int inner = 0; inner < f.inner(); inner++) {
              int matrix = (outer * f.between() + between) * f.inner() + inner;
              places[at++] = (matrix * f.rows() + row) * f.columns() + column;
            }
          }
        }
      }
    }
    return places;
  }
}
