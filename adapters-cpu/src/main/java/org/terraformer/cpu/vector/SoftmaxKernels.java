package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Species.LANES;

import java.util.Objects;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.CrossEntropy;
import org.terraformer.ports.operation.Softmax;
import org.terraformer.ports.operation.gradient.CrossEntropyGradient;
import org.terraformer.ports.operation.gradient.SoftmaxGradient;

/** Softmax, what is made of it, and gradients, vector by vector; exponentials are made in a worker's own memory. */
final class SoftmaxKernels {
  private SoftmaxKernels() {}

  /** Bytes for the exponentials of a vector, and what is written behind them. */
  private static long space(int size) {
    return 4L * (size + LANES);
  }

  static CpuKernel softmax(Step step, CpuTensor[] operands, CpuTensor result) {
    int size = (int) step.result().shape().columns();
    boolean logarithm = ((Softmax) step.operation()).logarithm();
    long x = operands[0].address();
    long y = result.address();
    return PartsKernel.vectors(step, size, space(size), (frame, from, to, scratch) -> {
      for (long at = 4L * from * size; at < 4L * to * size; at += 4L * size) {
        float largest = Floats.largest(x + at, size);
        float total = Exponential.ofDifferences(x + at, scratch, size, largest);
        if (logarithm) {
          Floats.scaleAndShift(1, (float) -(largest + Math.log(total)), x + at, y + at, size);
        } else {
          Floats.multiply(1 / total, scratch, y + at, size);
        }
      }
    });
  }

  static CpuKernel softmaxGradient(Step step, CpuTensor[] operands, CpuTensor result) {
    int size = (int) step.result().shape().columns();
    boolean logarithm = ((SoftmaxGradient) step.operation()).logarithm();
    long softmax = operands[0].address();
    long upstream = operands[1].address();
    long y = result.address();
    return PartsKernel.vectors(step, size, space(size), (frame, from, to, scratch) -> {
      for (long at = 4L * from * size; at < 4L * to * size; at += 4L * size) {
        if (logarithm) {
          float sum = (float) Moments.sum(upstream + at, size);
          Exponential.ofDifferences(softmax + at, scratch, size, 0);
          Floats.copy(upstream + at, y + at, size);
          Floats.addMultiple(-sum, scratch, y + at, size);
        } else {
          Floats.scaleAndShift(1, (float) -Moments.dot(softmax + at, upstream + at, size), upstream + at, scratch, size);
          Elements.multiply(softmax + at, scratch, y + at, size);
        }
      }
    });
  }

  static CpuKernel blockSoftmaxAt(Step step, CpuTensor[] operands, CpuTensor result) {
    int choices = (int) operands[0].value().shape().columns();
    long x = operands[0].address();
    long chosen = operands[1].address();
    long y = result.address();
    return PartsKernel.vectors(step, 1, space(choices), (frame, from, to, scratch) -> {
      for (long block = from; block < to; block++) {
        float total = exponentials(x + 4L * block * choices, choices, scratch);
        Memory.setFloat(y + 4L * block, Memory.getFloat(scratch + 4L * choice(chosen, block, choices)) / total);
      }
    });
  }

  static CpuKernel crossEntropy(Step step, CpuTensor[] operands, CpuTensor result) {
    int size = operands[0].width();
    double smoothing = ((CrossEntropy) step.operation()).smoothing();
    long logits = operands[0].address();
    long targets = operands[1].address();
    long y = result.address();
    return PartsKernel.vectors(step, 1, space(size), (frame, from, to, scratch) -> {
      for (long row = from; row < to; row++) {
        long x = logits + 4L * row * size;
        float largest = Floats.largest(x, size);
        double normaliser = largest + Math.log(Exponential.ofDifferences(x, scratch, size, largest));
        double loss = smoothing == 0 ? 0 : smoothing * (normaliser - Moments.sum(x, size) / size);
        int target = Memory.getInt(targets + 4L * row);
        if (target >= 0 && target < size) {
          loss += (1 - smoothing) * (normaliser - Memory.getFloat(x + 4L * target));
        }
        Memory.setFloat(y + 4L * row, (float) loss);
      }
    });
  }

  static CpuKernel crossEntropyGradient(Step step, CpuTensor[] operands, CpuTensor result) {
    int size = result.width();
    double smoothing = ((CrossEntropyGradient) step.operation()).smoothing();
    long logits = operands[0].address();
    long targets = operands[1].address();
    long upstream = operands[2].address();
    long y = result.address();
    return PartsKernel.vectors(step, size, space(size), (frame, from, to, scratch) -> {
      for (long row = from; row < to; row++) {
        long out = y + 4L * row * size;
        float total = exponentials(logits + 4L * row * size, size, scratch);
        float u = Memory.getFloat(upstream + 4L * row);
        Floats.scaleAndShift(u / total, (float) (-u * smoothing / size), scratch, out, size);
        int target = Memory.getInt(targets + 4L * row);
        if (target >= 0 && target < size) {
          long at = out + 4L * target;
          Memory.setFloat(at, (float) (Memory.getFloat(at) - u * (1 - smoothing)));
        }
      }
    });
  }

  /** Writes the exponentials of a vector's differences from its largest element and gives their sum. */
  private static float exponentials(long x, int size, long to) {
    return Exponential.ofDifferences(x, to, size, Floats.largest(x, size));
  }

  private static int choice(long chosen, long block, int choices) {
    return Objects.checkIndex(Memory.getInt(chosen + 4L * block), choices);
  }
}
