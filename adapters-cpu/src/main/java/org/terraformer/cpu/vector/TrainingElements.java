package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.ActivationFunction;
import org.terraformer.ports.operation.ActivationGradient;
import org.terraformer.ports.operation.Dropout;
import org.terraformer.ports.operation.GumbelNoise;
import org.terraformer.ports.operation.Scale;
import org.terraformer.ports.operation.Uniform;

/** Operations of training that work element by element, chance among them. */
final class TrainingElements {
  /** Elements that are worked on in several turns, and stay in the nearest cache. */
  private static final int PIECE = 1024;

  private TrainingElements() {}

  static CpuKernel scale(Step step, CpuTensor[] operands, CpuTensor result) {
    float factor = (float) ((Scale) step.operation()).factor();
    long x = operands[0].address();
    long y = result.address();
    return PartsKernel.elements(step, (from, to) -> Floats.multiply(factor, x + 4 * from, y + 4 * from, (int) (to - from)));
  }

  static CpuKernel channelScale(Step step, CpuTensor[] operands, CpuTensor result) {
    int size = (int) step.result().shape().columns();
    long x = operands[0].address();
    long scale = operands[1].address();
    long y = result.address();
    return PartsKernel.vectors(step, size, 0, (frame, from, to, scratch) -> {
      for (long at = 4L * from * size; at < 4L * to * size; at += 4L * size) {
        Elements.multiply(x + at, scale, y + at, size);
      }
    });
  }

  static CpuKernel activationGradient(Step step, CpuTensor[] operands, CpuTensor result) {
    ActivationFunction function = ((ActivationGradient) step.operation()).function();
    long x = operands[0].address();
    long upstream = operands[1].address();
    long y = result.address();
    if (function == ActivationFunction.RELU) {
      return PartsKernel.elements(step, (from, to) -> Elements.reluGradient(x + 4 * from, upstream + 4 * from, y + 4 * from, (int) (to - from)));
    }
    return PartsKernel.elements(step, (from, to) -> {
      for (long at = 4 * from; at < 4 * to; at += 4) {
        Memory.setFloat(y + at, (float) (Memory.getFloat(upstream + at) * function.derivative(Memory.getFloat(x + at))));
      }
    });
  }

  /** Sums of products over groups: what a factor for each group gets. */
  static CpuKernel groupDot(Step step, CpuTensor[] operands, CpuTensor result) {
    int group = operands[0].width() / result.width();
    long a = operands[0].address();
    long b = operands[1].address();
    long y = result.address();
    if (group == 1) {
      return PartsKernel.elements(step, (from, to) -> Elements.multiply(a + 4 * from, b + 4 * from, y + 4 * from, (int) (to - from)));
    }
    return PartsKernel.elements(step, (from, to) -> {
      for (long i = from; i < to; i++) {
        Memory.setFloat(y + 4 * i, (float) Moments.dot(a + 4 * i * group, b + 4 * i * group, group));
      }
    });
  }

  static CpuKernel gateTransposed(Step step, CpuTensor[] operands, CpuTensor result) {
    int size = result.width();
    int all = operands[1].width();
    long upstream = operands[0].address();
    long gates = operands[1].address();
    long y = result.address();
    return PartsKernel.vectors(step, size, 0, (frame, from, to, scratch) -> {
      for (long item = from; item < to; item++) {
        Elements.multiply(upstream + 4 * item * all, gates, y + 4 * item * size, size);
        for (long gate = size; gate < all; gate += size) {
          Elements.addProducts(upstream + 4 * (item * all + gate), gates + 4 * gate, y + 4 * item * size, size);
        }
      }
    });
  }

  static CpuKernel dropout(Step step, CpuTensor[] operands, CpuTensor result) {
    double kept = 1 - (double) ((Dropout) step.operation()).rate();
    float nearest = (float) kept;
    float bound = nearest < kept ? Math.nextUp(nearest) : nearest;
    float factor = (float) (1 / kept);
    int width = result.width();
    Extent drawn = operands[1].value().extent();
    boolean each = drawn == step.result().extent();
    long x = operands[0].address();
    long draws = operands[1].address();
    long y = result.address();
    return PartsKernel.vectors(step, width, 0, (frame, from, to, scratch) -> {
      for (long item = from; item < to; item++) {
        long draw = drawn == Extent.FIXED ? 0 : each ? item : item / frame.length();
        Elements.keep(x + 4L * item * width, draws + 4 * draw * width, bound, factor, y + 4L * item * width, width);
      }
    });
  }

  static CpuKernel uniform(Step step, CpuTensor[] operands, CpuTensor result) {
    Uniform uniform = (Uniform) step.operation();
    long seed = operands[0].address();
    long y = result.address();
    return PartsKernel.elements(step, (from, to) -> {
      int key = Memory.getInt(seed);
      for (long i = from; i < to; i++) {
        Memory.setFloat(y + 4 * i, uniform.at(key, i));
      }
    });
  }

  static CpuKernel gumbelNoise(Step step, CpuTensor[] operands, CpuTensor result) {
    float temperature = ((GumbelNoise) step.operation()).temperature();
    long x = operands[0].address();
    long drawn = operands[1].address();
    long y = result.address();
    return PartsKernel.elements(step, 4L * PIECE, (frame, from, to, scratch) -> {
      for (long i = from; i < to; i += PIECE) {
        int count = (int) Math.min(PIECE, to - i);
        Logarithm.negated(drawn + 4 * i, scratch, count);
        Logarithm.negated(scratch, scratch, count);
        Elements.addMultiple(x + 4 * i, temperature, scratch, y + 4 * i, count);
      }
    });
  }
}
