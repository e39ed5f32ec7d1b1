package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.LaneSum.DOUBLES_EIGHTH;
import static org.terraformer.cpu.vector.LaneSum.DOUBLES_HALF;
import static org.terraformer.cpu.vector.LaneSum.DOUBLES_QUARTER;
import static org.terraformer.cpu.vector.LaneSum.DOUBLES_SCALE;
import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.DOUBLES;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.gradient.LayerNormGradient;

/**
 * The gradient of {@link LayerNormKernel} with respect to its vectors; sums in double precision. With g the upstream gradient times the scale
 * and n the normalised vector: {@code factor (g - mean(g) - n mean(g n))}. A vector is read three times: for its mean, for the other sums,
 * and for the result.
 */
final class NormGradientKernel {
  private NormGradientKernel() {}

  static CpuKernel of(Step step, CpuTensor[] operands, CpuTensor result) {
    LayerNormGradient norm = (LayerNormGradient) step.operation();
    int size = (int) step.result().shape().columns();
    double epsilon = norm.epsilon();
    boolean centred = norm.centred();
    long x = operands[0].address();
    long scale = operands[1].address();
    long upstream = operands[2].address();
    long y = result.address();
    return PartsKernel.vectors(step, size, 0, (frame, from, to, scratch) -> {
      for (long at = 4L * from * size; at < 4L * to * size; at += 4L * size) {
        float mean = centred ? (float) (Moments.sum(x + at, size) / size) : 0;
        gradient(x + at, mean, scale, upstream + at, y + at, size, epsilon, centred);
      }
    });
  }

  private static void gradient(long x, float mean, long scale, long upstream, long y, int size, double epsilon, boolean centred) {
    DoubleVector squares = DoubleVector.zero(DOUBLES);
    DoubleVector moreSquares = squares;
    DoubleVector gradients = squares;
    DoubleVector moreGradients = squares;
    DoubleVector products = squares;
    DoubleVector moreProducts = squares;
    long x0 = Memory.inRange(x);
    long scale0 = Memory.inRange(scale);
    long upstream0 = Memory.inRange(upstream);
    long y0 = Memory.inRange(y);
    int whole = size - size % LANES;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector distance = FloatVector.fromMemorySegment(FLOATS, ALL, x0 + 4L * i, ORDER).sub(mean);
      FloatVector gradient = FloatVector.fromMemorySegment(FLOATS, ALL, upstream0 + 4L * i, ORDER)
          .mul(FloatVector.fromMemorySegment(FLOATS, ALL, scale0 + 4L * i, ORDER));
      DoubleVector d = (DoubleVector) distance.convertShape(VectorOperators.F2D, DOUBLES, 0);
      DoubleVector g = (DoubleVector) gradient.convertShape(VectorOperators.F2D, DOUBLES, 0);
      squares = d.fma(d, squares);
      gradients = gradients.add(g);
      products = d.fma(g, products);
      d = (DoubleVector) distance.convertShape(VectorOperators.F2D, DOUBLES, 1);
      g = (DoubleVector) gradient.convertShape(VectorOperators.F2D, DOUBLES, 1);
      moreSquares = d.fma(d, moreSquares);
      moreGradients = moreGradients.add(g);
      moreProducts = d.fma(g, moreProducts);
    }
    squares = squares.add(moreSquares);
    squares = squares.add(squares.rearrange(DOUBLES_HALF));
    squares = squares.add(squares.rearrange(DOUBLES_QUARTER));
    squares = squares.add(squares.rearrange(DOUBLES_EIGHTH));
    gradients = gradients.add(moreGradients);
    gradients = gradients.add(gradients.rearrange(DOUBLES_HALF));
    gradients = gradients.add(gradients.rearrange(DOUBLES_QUARTER));
    gradients = gradients.add(gradients.rearrange(DOUBLES_EIGHTH));
    products = products.add(moreProducts);
    products = products.add(products.rearrange(DOUBLES_HALF));
    products = products.add(products.rearrange(DOUBLES_QUARTER));
    products = products.add(products.rearrange(DOUBLES_EIGHTH));
    double sumOfSquares = squares.lane(0) * DOUBLES_SCALE;
    double sumOfGradients = gradients.lane(0) * DOUBLES_SCALE;
    double sumOfProducts = products.lane(0) * DOUBLES_SCALE;
    for (int i = whole; i < size; i++) {
      double d = Memory.getFloat(x0 + 4L * i) - mean;
      double g = Memory.getFloat(upstream0 + 4L * i) * Memory.getFloat(scale0 + 4L * i);
      sumOfSquares += d * d;
      sumOfGradients += g;
      sumOfProducts += d * g;
    }
    double factor = 1 / Math.sqrt(sumOfSquares / size + epsilon);
    float multiple = (float) factor;
    float meanGradient = centred ? (float) (sumOfGradients / size) : 0;
    float along = (float) (factor * factor * sumOfProducts / size);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector distance = FloatVector.fromMemorySegment(FLOATS, ALL, x0 + 4L * i, ORDER).sub(mean);
      FloatVector.fromMemorySegment(FLOATS, ALL, upstream0 + 4L * i, ORDER)
          .mul(FloatVector.fromMemorySegment(FLOATS, ALL, scale0 + 4L * i, ORDER))
          .sub(meanGradient).sub(distance.mul(along)).mul(multiple).intoMemorySegment(ALL, y0 + 4L * i, ORDER);
    }
    for (int i = whole; i < size; i++) {
      float g = Memory.getFloat(upstream0 + 4L * i) * Memory.getFloat(scale0 + 4L * i);
      Memory.setFloat(y0 + 4L * i, (g - meanGradient - (Memory.getFloat(x0 + 4L * i) - mean) * along) * multiple);
    }
  }
}
