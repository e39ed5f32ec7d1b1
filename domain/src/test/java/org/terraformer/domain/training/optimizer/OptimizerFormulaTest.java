package org.terraformer.domain.training.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.terraformer.domain.config.Options;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/** Large parameters, cut into many tiles and pieces, against the formulas written out element by element in double precision. */
class OptimizerFormulaTest {
  private static final int STEPS = 3;
  private static final double RATE = 0.1;
  private final Scratch scratch = new Scratch();

  @Provide
  Arbitrary<Shape> matrices() {
    return Arbitraries.of(Shape.of(9, 11), Shape.of(50, 2500), Shape.of(3000, 33), Shape.of(3, 300, 200), Shape.of(2, 3, 40, 16));
  }

  @Property(tries = 10)
  void adafactorFollowsItsFormula(@ForAll("matrices") Shape shape, @ForAll long seed) {
    Parameter parameter = new Parameter(Adafactor.DEFAULTS, shape, seed);
    int columns = shape.intAxis(-1);
    int rows = shape.intAxis(-2);
    int matrices = shape.intElements() / rows / columns;
    double[] w = doubles(parameter.weights());
    double[] rowMoments = new double[matrices * rows];
    double[] columnMoments = new double[matrices * columns];
    for (int step = 1; step <= STEPS; step++) {
      parameter.nextGradient();
      double[] g = doubles(parameter.gradients());
      double beta = 1 - Math.pow(step + 1, -0.8);
      double[] rowMeans = new double[rowMoments.length];
      double[] columnMeans = new double[columnMoments.length];
      for (int i = 0; i < g.length; i++) {
        rowMeans[i / columns] += g[i] * g[i] / columns;
        columnMeans[i / columns / rows * columns + i % columns] += g[i] * g[i] / rows;
      }
      Arrays.setAll(rowMoments, i -> beta * rowMoments[i] + (1 - beta) * rowMeans[i]);
      Arrays.setAll(columnMoments, i -> beta * columnMoments[i] + (1 - beta) * columnMeans[i]);
      double[] y = new double[g.length];
      for (int row = 0; row < rowMoments.length; row++) {
        int matrix = row / rows;
        double mean = Arrays.stream(rowMoments, matrix * rows, (matrix + 1) * rows).average().orElseThrow();
        for (int column = 0; column < columns; column++) {
          int i = row * columns + column;
          y[i] = g[i] * Math.sqrt(mean / rowMoments[row]) / Math.sqrt(columnMoments[matrix * columns + column]);
        }
      }
      double scale = RATE * Math.max(rootMeanSquare(w), 1e-3) / Math.max(1, rootMeanSquare(y));
      Arrays.setAll(w, i -> (1 - 1e-5) * w[i] - scale * y[i]);
      parameter.update.apply(new UpdateStep(step, RATE, 1), scratch);
    }
    assertClose(parameter.weights(), w);
    assertClose(Parameter.floats(parameter.update.slots().get(0)), rowMoments);
    assertClose(Parameter.floats(parameter.update.slots().get(1)), columnMoments);
  }

  @Property(tries = 10)
  void sm3FollowsItsFormula(@ForAll("matrices") Shape shape, @ForAll long seed) {
    Parameter parameter = new Parameter(new Sm3(0, 0), shape, seed);
    double[] w = doubles(parameter.weights());
    double[][] accumulators = new double[shape.rank()][];
    Arrays.setAll(accumulators, axis -> new double[shape.intAxis(axis)]);
    for (int step = 1; step <= STEPS; step++) {
      parameter.nextGradient();
      double[] g = doubles(parameter.gradients());
      double[][] next = new double[shape.rank()][];
      Arrays.setAll(next, axis -> new double[shape.intAxis(axis)]);
      for (int i = 0; i < g.length; i++) {
        double sum = Double.POSITIVE_INFINITY;
        for (int axis = 0, rest = g.length; axis < next.length; axis++) {
          int inner = rest / next[axis].length;
          sum = Math.min(sum, accumulators[axis][i % rest / inner]);
          rest = inner;
        }
        sum += g[i] * g[i];
        for (int axis = 0, rest = g.length; axis < next.length; axis++) {
          int inner = rest / next[axis].length;
          next[axis][i % rest / inner] = Math.max(next[axis][i % rest / inner], sum);
          rest = inner;
        }
        w[i] -= sum > 0 ? RATE * g[i] / Math.sqrt(sum) : 0;
      }
      accumulators = next;
      parameter.update.apply(new UpdateStep(step, RATE, 1), scratch);
    }
    assertClose(parameter.weights(), w);
    for (int axis = 0; axis < accumulators.length; axis++) {
      assertClose(Parameter.floats(parameter.update.slots().get(axis)), accumulators[axis]);
    }
  }

  @Property(tries = 10)
  void adamFollowsItsFormula(@ForAll("matrices") Shape shape, @ForAll long seed) {
    Parameter parameter = new Parameter(new Adam(0.9, 0.75, 1e-5, 1e-2), shape, seed);
    double[] w = doubles(parameter.weights());
    double[] m = new double[w.length];
    double[] v = new double[w.length];
    for (int step = 1; step <= STEPS; step++) {
      parameter.nextGradient();
      double[] g = doubles(parameter.gradients());
      double first = 1 - Math.pow(0.9, step + 1);
      double second = 1 - Math.pow(0.75, step + 1);
      for (int i = 0; i < w.length; i++) {
        m[i] = 0.9 * m[i] + 0.1 * g[i];
        v[i] = 0.75 * v[i] + 0.25 * g[i] * g[i];
        w[i] = 0.99 * w[i] - RATE * m[i] / first / (Math.sqrt(v[i] / second) + 1e-5);
      }
      parameter.update.apply(new UpdateStep(step, RATE, 1), scratch);
    }
    assertClose(parameter.weights(), w);
  }

  @Property(tries = 10)
  void adamWFollowsItsFormula(@ForAll("matrices") Shape shape, @ForAll long seed) {
    Parameter parameter = new Parameter(new AdamW(0.9, 0.75, 1e-5, 0.2), shape, seed);
    double[] w = doubles(parameter.weights());
    double[] m = new double[w.length];
    double[] v = new double[w.length];
    for (int step = 1; step <= STEPS; step++) {
      parameter.nextGradient();
      double[] g = doubles(parameter.gradients());
      double first = 1 - Math.pow(0.9, step);
      double second = 1 - Math.pow(0.75, step);
      for (int i = 0; i < w.length; i++) {
        m[i] = 0.9 * m[i] + 0.1 * g[i];
        v[i] = 0.75 * v[i] + 0.25 * g[i] * g[i];
        w[i] -= RATE * (m[i] / first / (Math.sqrt(v[i] / second) + 1e-5) + 0.2 * w[i]);
      }
      parameter.update.apply(new UpdateStep(step, RATE, 1), scratch);
    }
    assertClose(parameter.weights(), w);
  }

  /** The expected weights were computed apart from this program, with forty digits. */
  @Example
  void adamWOfTheUsualSettingsMakesTheKnownSteps() {
    Tensor weight = Tensor.of("w", Shape.of(2), new float[] {1, -2});
    Tensor gradient = Tensor.of("w", Shape.of(2), new float[2]);
    ParameterUpdate update = Optimizer.of("adamw", new Options("optimizer", Map.of())).attach(weight, gradient, Arena.ofAuto());
    float[][] gradients = {{0.5f, 0}, {-0.25f, 3}, {1, 3}};
    double[][] expected = {{0.899000002, -1.998}, {0.871467299, -2.070415682}, {0.804784672, -2.154191522}};
    for (int step = 1; step <= gradients.length; step++) {
      gradient.data().copyFrom(MemorySegment.ofArray(gradients[step - 1]));
      update.apply(new UpdateStep(step, RATE, 1), scratch);
      assertClose(Parameter.floats(weight), expected[step - 1]);
    }
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }

  private static double rootMeanSquare(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(x -> x * x).average().orElseThrow());
  }

  private static void assertClose(float[] actual, double[] expected) {
    assertThat(actual).hasSize(expected.length);
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      worst = Math.max(worst, Math.abs(actual[i] - expected[i]) / (1 + Math.abs(expected[i])));
    }
    assertThat(worst).as("largest error").isLessThan(1e-5);
  }
}
