package org.terraformer.cpu.scalar;

import java.util.Comparator;
import java.util.Map;
import java.util.stream.IntStream;
import org.terraformer.ports.operation.Softmax;
import org.terraformer.ports.operation.TopValues;

/** Choices among the elements of a vector. */
final class SoftmaxKernels {
  static final Map<String, ScalarKernelFactory> ALL = Map.of(
      "softmax", step -> {
        boolean logarithm = ((Softmax) step.operation()).logarithm();
        int size = (int) step.result().shape().columns();
        return (frame, operands, result) -> {
          for (long start = 0; start < (long) frame.items(step.result().extent()) * step.result().width(); start += size) {
            double normaliser = logSumExp(operands[0], start, size);
            for (int i = 0; i < size; i++) {
              double log = operands[0].get(start + i) - normaliser;
              result.set(start + i, logarithm ? log : Math.exp(log));
            }
          }
        };
      },
      "block_argmax", step -> {
        int blocks = step.result().width();
        int choices = (int) step.operands().getFirst().shape().columns();
        return (frame, operands, result) -> {
          for (long block = 0; block < (long) frame.items(step.result().extent()) * blocks; block++) {
            int best = 0;
            double largest = Double.NEGATIVE_INFINITY;
            for (int choice = 0; choice < choices; choice++) {
              double value = operands[0].get(block * choices + choice);
              if (value > largest) {
                largest = value;
                best = choice;
              }
            }
            result.setInt(block, best);
          }
        };
      },
      "top_values", step -> {
        int choices = step.operands().getFirst().width();
        int most = ((TopValues) step.operation()).most();
        return (frame, operands, result) -> {
          int count = Math.min(most, operands[1].getInt(0));
          for (int item = 0; item < frame.items(step.result().extent()); item++) {
            long start = (long) item * choices;
            int[] order = IntStream.range(0, choices).boxed()
                .sorted(Comparator.comparingDouble((Integer choice) -> 0 - operands[0].get(start + choice))).mapToInt(Integer::intValue).toArray();
            for (int i = 0; i < most; i++) {
              result.set(((long) item * most + i) * 2, i < count ? operands[0].get(start + order[i]) : 0);
              result.set(((long) item * most + i) * 2 + 1, i < count ? order[i] : 0);
            }
          }
        };
      },
      "block_softmax_at", step -> {
        int blocks = step.result().width();
        int choices = (int) step.operands().getFirst().shape().columns();
        return (frame, operands, result) -> {
          for (long block = 0; block < (long) frame.items(step.result().extent()) * blocks; block++) {
            double chosen = operands[0].get(block * choices + operands[1].getInt(block));
            result.set(block, Math.exp(chosen - logSumExp(operands[0], block * choices, choices)));
          }
        };
      });

  private SoftmaxKernels() {}

  static double logSumExp(ScalarTensor x, long start, int size) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < size; i++) {
      largest = Math.max(largest, x.get(start + i));
    }
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += Math.exp(x.get(start + i) - largest);
    }
    return largest + Math.log(sum);
  }
}
