package org.terraformer.domain.training;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.terraformer.domain.random.SplitMix64;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.recording.Initialization;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/**
 * Draws the weights that a training begins with. A weight's numbers depend on the seed and its name alone, so that two models
 * begin with the same numbers where they have the same weights.
 */
public final class InitialWeights {
  private static final long ALIGNMENT = 64;

  private InitialWeights() {}

  /**
   * F32 weights.
   *
   * @param memory where they are kept
   */
  public static NamedTensors draw(TrainingProgram program, long seed, SegmentAllocator memory) {
    List<Tensor> tensors = new ArrayList<>();
    for (TrainedWeight weight : program.weights()) {
      Shape shape = weight.value().shape();
      MemorySegment data = memory.allocate(DType.F32.dataBytes(shape), ALIGNMENT);
      fill(data, shape, weight.initialization(), new SplitMix64(seed, weight.name().hashCode()));
      tensors.add(new Tensor(weight.name(), DType.F32, shape, data));
    }
    return new NamedTensors("fresh weights", tensors);
  }

  private static void fill(MemorySegment data, Shape shape, Initialization initialization, SplitMix64 random) {
    switch (initialization) {
      case Initialization.Uniform(double bound) -> {
        for (long i = 0; i < shape.elements(); i++) {
          set(data, i, bound * (2 * random.nextDouble() - 1));
        }
      }
      case Initialization.Normal(double deviation) -> {
        for (long i = 0; i < shape.elements(); i++) {
          set(data, i, deviation * random.nextNormal());
        }
      }
      case Initialization.Constant(double value) -> {
        for (long i = 0; i < shape.elements(); i++) {
          set(data, i, value);
        }
      }
      case Initialization.Sinusoids(double amplitude) -> sinusoids(data, shape, amplitude);
      case Initialization.Orthogonal() -> orthogonal(data, shape, random);
    }
  }

  private static void set(MemorySegment data, long index, double value) {
    data.set(ValueLayout.JAVA_FLOAT_UNALIGNED, index * Float.BYTES, (float) value);
  }

  private static void sinusoids(MemorySegment data, Shape shape, double amplitude) {
    long columns = shape.columns();
    for (long row = 0; row < shape.rows(); row++) {
      for (long column = 0; column < columns; column++) {
        double angle = row * Math.pow(10_000, -(double) (column - column % 2) / columns);
        set(data, row * columns + column, amplitude * (column % 2 == 0 ? Math.sin(angle) : Math.cos(angle)));
      }
    }
  }

  /** Gram and Schmidt's method on random rows, or columns if these are fewer. */
  private static void orthogonal(MemorySegment data, Shape shape, SplitMix64 random) {
    int rows = Math.toIntExact(shape.rows());
    int columns = Math.toIntExact(shape.columns());
    int count = Math.min(rows, columns);
    double[][] vectors = new double[count][Math.max(rows, columns)];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < vectors[i].length; j++) {
        vectors[i][j] = random.nextNormal();
      }
      for (int k = 0; k < i; k++) {
        add(vectors[i], -dot(vectors[i], vectors[k]), vectors[k]);
      }
      double length = Math.sqrt(dot(vectors[i], vectors[i]));
      add(vectors[i], 1 / length - 1, vectors[i]);
    }
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        set(data, (long) row * columns + column, rows <= columns ? vectors[row][column] : vectors[column][row]);
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void add(double[] target, double factor, double[] vector) {
    for (int i = 0; i < target.length; i++) {
      target[i] += factor * vector[i];
    }
  }
}
