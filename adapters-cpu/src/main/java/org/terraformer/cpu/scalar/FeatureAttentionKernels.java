package org.terraformer.cpu.scalar;

import java.util.Map;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.LinearAttention;
import org.terraformer.ports.operation.LinearAttentionGradient;
import org.terraformer.ports.operation.RootMeanSquareNorm;
import org.terraformer.ports.operation.Shift;
import org.terraformer.ports.operation.gradient.RootMeanSquareNormGradient;

/** Attention by features, and what queries and keys are made of before they meet. */
final class FeatureAttentionKernels {
  static final Map<String, ScalarKernelFactory> ALL = Map.of(
      "linear_attention", FeatureAttentionKernels::linearAttention,
      "linear_attention_gradient", FeatureAttentionKernels::linearAttentionGradient,
      "root_mean_square_norm", step -> {
        double epsilon = ((RootMeanSquareNorm) step.operation()).epsilon();
        int size = (int) step.result().shape().columns();
        return (frame, operands, result) -> {
          for (long start = 0; start < elements(frame, step); start += size) {
            double factor = factor(operands[0], start, size, epsilon);
            for (long i = start; i < start + size; i++) {
              result.set(i, operands[0].get(i) * factor);
            }
          }
        };
      },
      "root_mean_square_norm_gradient", step -> {
        double epsilon = ((RootMeanSquareNormGradient) step.operation()).epsilon();
        int size = (int) step.result().shape().columns();
        return (frame, operands, result) -> {
          for (long start = 0; start < elements(frame, step); start += size) {
            double factor = factor(operands[0], start, size, epsilon);
            double mean = 0;
            for (long i = start; i < start + size; i++) {
              mean += operands[0].get(i) * operands[1].get(i) / size;
            }
            for (long i = start; i < start + size; i++) {
              result.set(i, factor * operands[1].get(i) - factor * factor * factor * operands[0].get(i) * mean);
            }
          }
        };
      },
      "shift", step -> (frame, operands, result) -> {
        for (long i = 0; i < elements(frame, step); i++) {
          result.set(i, operands[0].get(i) + ((Shift) step.operation()).offset());
        }
      },
      "hide_rows", step -> {
        int width = step.result().width();
        return (frame, operands, result) -> {
          for (long i = 0; i < elements(frame, step); i++) {
            result.set(i, operands[1].getInt(i / width) == 0 ? 0 : operands[0].get(i));
          }
        };
      });

  private FeatureAttentionKernels() {}

  private static double factor(ScalarTensor x, long start, int size, double epsilon) {
    double square = 0;
    for (long i = start; i < start + size; i++) {
      square += x.get(i) * x.get(i);
    }
    return 1 / Math.sqrt(square / size + epsilon);
  }

  private static long elements(Frame frame, Step step) {
    return (long) frame.items(step.result().extent()) * step.result().width();
  }

  /** The state holds for each head, for each feature, the sum of its products with the values and the sum of it alone. */
  private static ScalarKernel linearAttention(Step step) {
    LinearAttention operation = (LinearAttention) step.operation();
    int keyWidth = step.operands().get(1).width();
    int valueWidth = step.operands().get(2).width();
    int keySize = keyWidth / operation.heads();
    int valueSize = valueWidth / operation.heads();
    return (frame, operands, result) -> {
      for (int sequence = 0; sequence < frame.sequences(); sequence++) {
        long row = (long) sequence * frame.length();
        for (int head = 0; head < operation.heads(); head++) {
          HeadVectors q = HeadVectors.of(operands[0], row, keyWidth, operation.heads(), head);
          HeadVectors k = HeadVectors.of(operands[1], row, keyWidth, operation.heads(), head);
          HeadVectors v = HeadVectors.of(operands[2], row, valueWidth, operation.heads(), head);
          HeadVectors y = HeadVectors.of(result, row, valueWidth, operation.heads(), head);
          double[][] sums = new double[keySize][valueSize + 1];
          if (!operation.causal()) {
            for (int t = 0; t < frame.length(); t++) {
              add(sums, k, v, t);
            }
            for (int t = 0; t < frame.length(); t++) {
              divide(sums, q, y, t);
            }
            continue;
          }
          HeadVectors state = HeadVectors.of(
              operands[4], frame.firstSlot() + sequence, keyWidth * (valueSize + 1), operation.heads(), head);
          for (int t = 0; t < frame.length(); t++) {
            for (int i = 0; i < state.size(); i++) {
              sums[i / (valueSize + 1)][i % (valueSize + 1)] = operands[3].getInt(sequence) + t == 0 ? 0 : state.get(0, i);
            }
            add(sums, k, v, t);
            divide(sums, q, y, t);
            for (int i = 0; i < state.size(); i++) {
              state.set(0, i, sums[i / (valueSize + 1)][i % (valueSize + 1)]);
            }
          }
        }
      }
    };
  }

  private static void add(double[][] sums, HeadVectors k, HeadVectors v, int t) {
    for (int i = 0; i < k.size(); i++) {
      for (int j = 0; j < v.size(); j++) {
        sums[i][j] += k.get(t, i) * v.get(t, j);
      }
      sums[i][v.size()] += k.get(t, i);
    }
  }

  private static void divide(double[][] sums, HeadVectors q, HeadVectors y, int t) {
    double[] products = new double[y.size() + 1];
    for (int i = 0; i < q.size(); i++) {
      for (int j = 0; j <= y.size(); j++) {
        products[j] += q.get(t, i) * sums[i][j];
      }
    }
    for (int j = 0; j < y.size(); j++) {
      y.set(t, j, products[j] / products[y.size()]);
    }
  }

  private static ScalarKernel linearAttentionGradient(Step step) {
    LinearAttentionGradient operation = (LinearAttentionGradient) step.operation();
    int heads = operation.heads();
    int keyWidth = step.operands().get(1).width();
    int valueWidth = step.operands().get(2).width();
    return (frame, operands, result) -> {
      for (int sequence = 0; sequence < frame.sequences(); sequence++) {
        long row = (long) sequence * frame.length();
        for (int head = 0; head < heads; head++) {
          WindowAttentionKernels.GradientRows gradients =
              new WindowAttentionKernels.GradientRows(frame.length(), keyWidth / heads, valueWidth / heads);
          for (int t = 0; t < frame.length(); t++) {
            linearAttentionGradient(t, operation.causal() ? t + 1 : frame.length(),
                HeadVectors.of(operands[0], row, keyWidth, heads, head), HeadVectors.of(operands[1], row, keyWidth, heads, head),
                HeadVectors.of(operands[2], row, valueWidth, heads, head), HeadVectors.of(operands[3], row, valueWidth, heads, head),
                gradients);
          }
          gradients.write(result, row, heads, head);
        }
      }
    };
  }

  private static void linearAttentionGradient(int t, int count, HeadVectors q, HeadVectors k, HeadVectors v, HeadVectors u,
      WindowAttentionKernels.GradientRows gradients) {
    double[] weights = new double[count];
    double[] products = new double[count];
    double total = 0;
    double mean = 0;
    for (int j = 0; j < count; j++) {
      weights[j] = q.dot(t, k, j);
      products[j] = u.dot(t, v, j);
      total += weights[j];
      mean += weights[j] * products[j];
    }
    for (int j = 0; j < count; j++) {
      double da = (products[j] - mean / total) / total;
      for (int i = 0; i < q.size(); i++) {
        gradients.dq[t][i] += da * k.get(j, i);
        gradients.dk[j][i] += da * q.get(t, i);
      }
      for (int i = 0; i < v.size(); i++) {
        gradients.dv[j][i] += weights[j] / total * u.get(t, i);
      }
    }
  }
}
