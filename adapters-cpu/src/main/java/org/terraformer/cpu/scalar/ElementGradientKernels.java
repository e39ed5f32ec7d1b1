package org.terraformer.cpu.scalar;

import java.util.Map;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.ActivationGradient;
import org.terraformer.ports.operation.CrossEntropy;
import org.terraformer.ports.operation.gradient.Columns;
import org.terraformer.ports.operation.gradient.CrossEntropyGradient;
import org.terraformer.ports.operation.gradient.SoftmaxGradient;

/** Losses, and gradients of operations that work element by element or within a vector. */
final class ElementGradientKernels {
  static final Map<String, ScalarKernelFactory> ALL = Map.of(
      "activation_gradient", step -> {
        ActivationGradient gradient = (ActivationGradient) step.operation();
        return (frame, operands, result) -> {
          for (long i = 0; i < elements(frame, step); i++) {
            result.set(i, operands[1].get(i) * gradient.function().derivative(operands[0].get(i)));
          }
        };
      },
      "group_dot", step -> {
        int group = step.operands().getFirst().width() / step.result().width();
        return (frame, operands, result) -> {
          for (long i = 0; i < elements(frame, step); i++) {
            double sum = 0;
            for (long j = i * group; j < (i + 1) * group; j++) {
              sum += operands[0].get(j) * operands[1].get(j);
            }
            result.set(i, sum);
          }
        };
      },
      "columns", step -> {
        long from = ((Columns) step.operation()).from();
        long width = step.operands().getFirst().shape().columns();
        long kept = step.result().shape().columns();
        return (frame, operands, result) -> {
          for (long i = 0; i < elements(frame, step); i++) {
            result.set(i, operands[0].get(i / kept * width + from + i % kept));
          }
        };
      },
      "softmax_gradient", step -> {
        boolean logarithm = ((SoftmaxGradient) step.operation()).logarithm();
        int size = (int) step.result().shape().columns();
        return (frame, operands, result) -> {
          for (long start = 0; start < elements(frame, step); start += size) {
            double sum = 0;
            for (long i = start; i < start + size; i++) {
              sum += logarithm ? operands[1].get(i) : operands[1].get(i) * operands[0].get(i);
            }
            for (long i = start; i < start + size; i++) {
              double y = operands[0].get(i);
              result.set(i, logarithm ? operands[1].get(i) - Math.exp(y) * sum : y * (operands[1].get(i) - sum));
            }
          }
        };
      },
      "block_softmax_at_gradient", step -> {
        int choices = (int) step.result().shape().columns();
        return (frame, operands, result) -> {
          for (long block = 0; block < elements(frame, step) / choices; block++) {
            double normaliser = SoftmaxKernels.logSumExp(operands[0], block * choices, choices);
            int index = operands[1].getInt(block);
            double chosen = Math.exp(operands[0].get(block * choices + index) - normaliser);
            for (int i = 0; i < choices; i++) {
              double p = Math.exp(operands[0].get(block * choices + i) - normaliser);
              result.set(block * choices + i, operands[2].get(block) * chosen * ((i == index ? 1 : 0) - p));
            }
          }
        };
      },
      "cross_entropy", step -> {
        double smoothing = ((CrossEntropy) step.operation()).smoothing();
        int size = step.operands().getFirst().width();
        return (frame, operands, result) -> {
          for (long row = 0; row < frame.items(step.result().extent()); row++) {
            double normaliser = SoftmaxKernels.logSumExp(operands[0], row * size, size);
            double loss = 0;
            for (int i = 0; i < size; i++) {
              loss += target(operands[1].getInt(row), i, size, smoothing) * (normaliser - operands[0].get(row * size + i));
            }
            result.set(row, loss);
          }
        };
      },
      "cross_entropy_gradient", step -> {
        double smoothing = ((CrossEntropyGradient) step.operation()).smoothing();
        int size = step.result().width();
        return (frame, operands, result) -> {
          for (long row = 0; row < frame.items(step.result().extent()); row++) {
            double normaliser = SoftmaxKernels.logSumExp(operands[0], row * size, size);
            for (int i = 0; i < size; i++) {
              double p = Math.exp(operands[0].get(row * size + i) - normaliser);
              result.set(row * size + i, operands[2].get(row) * (p - target(operands[1].getInt(row), i, size, smoothing)));
            }
          }
        };
      });

  private ElementGradientKernels() {}

  private static double target(int target, int i, int size, double smoothing) {
    return (i == target ? 1 - smoothing : 0) + smoothing / size;
  }

  private static long elements(Frame frame, Step step) {
    return (long) frame.items(step.result().extent()) * step.result().width();
  }
}
