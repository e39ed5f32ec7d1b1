package org.terraformer.cpu.scalar;

import java.util.Map;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.gradient.AttentionGradient;
import org.terraformer.ports.operation.gradient.RotaryTransposed;
import org.terraformer.ports.tensor.Shape;

/** Gradients of operations that look at other rows, over whole sequences. */
final class TimeGradientKernels {
  private static final double HIDDEN = -1e9;

  static final Map<String, ScalarKernelFactory> ALL = Map.of(
      "module_convolution_transposed", TimeGradientKernels::moduleConvolutionTransposed,
      "module_convolution_weight_gradient", TimeGradientKernels::moduleConvolutionWeightGradient,
      "depthwise_convolution_transposed", TimeGradientKernels::depthwiseConvolutionTransposed,
      "depthwise_convolution_weight_gradient", TimeGradientKernels::depthwiseConvolutionWeightGradient,
      "attention_gradient", TimeGradientKernels::attentionGradient,
      "simple_recurrence_gradient", TimeGradientKernels::simpleRecurrenceGradient,
      "keep_last_gradient", TimeGradientKernels::keepLastGradient,
      "rotary_transposed", TimeGradientKernels::rotaryTransposed);

  private TimeGradientKernels() {}

  private static ScalarKernel moduleConvolutionTransposed(Step step) {
    Shape weight = step.operands().get(1).shape();
    int outputs = weight.intAxis(0);
    int length = weight.intAxis(1);
    int kernel = weight.intAxis(2);
    int inputs = weight.intAxis(3);
    int modules = step.result().shape().intAxis(0);
    return (frame, operands, result) -> {
      for (int row = 0; row < frame.rows(); row++) {
        int rest = frame.length() - row % frame.length();
        for (int cell = 0; cell < modules * inputs; cell++) {
          double sum = 0;
          for (int lag = 0; lag < Math.min(length, rest); lag++) {
            for (int tap = 0; tap < kernel; tap++) {
              int module = cell / inputs + (kernel - 1) / 2 - tap;
              for (int output = 0; output < outputs && module >= 0 && module < modules; output++) {
                sum += operands[0].get(((long) (row + lag) * modules + module) * outputs + output)
                    * operands[1].get((((long) output * length + length - 1 - lag) * kernel + tap) * inputs + cell % inputs);
              }
            }
          }
          result.set((long) row * modules * inputs + cell, sum);
        }
      }
    };
  }

  private static ScalarKernel moduleConvolutionWeightGradient(Step step) {
    Shape weight = step.result().shape();
    int outputs = weight.intAxis(0);
    int length = weight.intAxis(1);
    int kernel = weight.intAxis(2);
    int inputs = weight.intAxis(3);
    int modules = step.operands().getFirst().shape().intAxis(0);
    return (frame, operands, result) -> {
      for (int cell = 0; cell < step.result().width(); cell++) {
        int input = cell % inputs;
        int tap = cell / inputs % kernel;
        int lag = length - 1 - cell / inputs / kernel % length;
        int output = cell / inputs / kernel / length;
        double sum = 0;
        for (int row = 0; row < frame.rows(); row++) {
          for (int module = 0; module < modules && row % frame.length() >= lag; module++) {
            int read = module - (kernel - 1) / 2 + tap;
            if (read >= 0 && read < modules) {
              sum += operands[0].get(((long) row * modules + module) * outputs + output)
                  * operands[1].get(((long) (row - lag) * modules + read) * inputs + input);
            }
          }
        }
        result.set(cell, sum);
      }
    };
  }

  private static ScalarKernel depthwiseConvolutionTransposed(Step step) {
    int length = step.operands().get(1).shape().intAxis(0);
    int width = step.result().width();
    return (frame, operands, result) -> {
      for (int row = 0; row < frame.rows(); row++) {
        int rest = frame.length() - row % frame.length();
        for (int i = 0; i < width; i++) {
          double sum = 0;
          for (int lag = 0; lag < Math.min(length, rest); lag++) {
            sum += operands[1].get((long) lag * width + i) * operands[0].get((long) (row + lag) * width + i);
          }
          result.set((long) row * width + i, sum);
        }
      }
    };
  }

  private static ScalarKernel depthwiseConvolutionWeightGradient(Step step) {
    int width = (int) step.result().shape().columns();
    return (frame, operands, result) -> {
      for (int cell = 0; cell < step.result().width(); cell++) {
        int lag = cell / width;
        double sum = 0;
        for (int row = 0; row < frame.rows(); row++) {
          if (row % frame.length() >= lag) {
            sum += operands[0].get((long) row * width + cell % width) * operands[1].get((long) (row - lag) * width + cell % width);
          }
        }
        result.set(cell, sum);
      }
    };
  }

  private static ScalarKernel attentionGradient(Step step) {
    AttentionGradient attention = (AttentionGradient) step.operation();
    int keyWidth = step.operands().get(1).width();
    int valueWidth = step.operands().get(2).width();
    int all = step.result().width();
    return (frame, operands, result) -> {
      for (int sequence = 0; sequence < frame.sequences(); sequence++) {
        double[] sums = new double[frame.length() * all];
        for (int head = 0; head < attention.heads(); head++) {
          new Head(operands, (long) sequence * frame.length(), frame.length(), head, attention, keyWidth, valueWidth, sums).differentiate();
        }
        for (int i = 0; i < sums.length; i++) {
          result.set((long) sequence * frame.length() * all + i, sums[i]);
        }
      }
    };
  }

  /** One head of one sequence; adds to dq, dk and dv of each of its rows. */
  private record Head(ScalarTensor[] operands, long firstRow, int length, int head, AttentionGradient attention, int keyWidth, int valueWidth,
      double[] sums) {

    void differentiate() {
      for (int t = 0; t < length; t++) {
        differentiate(t);
      }
    }

    private void differentiate(int t) {
      int size = keyWidth / attention.heads();
      int valueSize = valueWidth / attention.heads();
      int count = attention.causal() ? t + 1 : length;
      double[] p = new double[count];
      double[] dp = new double[count];
      double largest = Double.NEGATIVE_INFINITY;
      for (int j = 0; j < count; j++) {
        boolean hidden = !attention.causal() && operands[4].getInt(firstRow + j) == 0;
        for (int i = 0; i < size && !hidden; i++) {
          p[j] += query(0, t, i) * query(1, j, i) / Math.sqrt(size);
        }
        p[j] = hidden ? HIDDEN : p[j];
        largest = Math.max(largest, p[j]);
      }
      double total = 0;
      for (int j = 0; j < count; j++) {
        p[j] = Math.exp(p[j] - largest);
        total += p[j];
      }
      double mean = 0;
      for (int j = 0; j < count; j++) {
        p[j] /= total;
        for (int i = 0; i < valueSize; i++) {
          dp[j] += factor(t, j) * value(3, t, i) * value(2, j, i);
        }
        mean += p[j] * dp[j];
      }
      for (int j = 0; j < count; j++) {
        boolean hidden = !attention.causal() && operands[4].getInt(firstRow + j) == 0;
        double ds = hidden ? 0 : p[j] * (dp[j] - mean) / Math.sqrt(size);
        for (int i = 0; i < size; i++) {
          sums[t * all() + head * size + i] += ds * query(1, j, i);
          sums[j * all() + keyWidth + head * size + i] += ds * query(0, t, i);
        }
        for (int i = 0; i < valueSize; i++) {
          sums[j * all() + 2 * keyWidth + head * valueSize + i] += factor(t, j) * p[j] * value(3, t, i);
        }
      }
    }

    private double factor(int t, int j) {
      return attention.dropout().draws()
          ? attention.dropout().factor(operands[operands.length - 1].getInt(0), (firstRow + t) * attention.heads() + head, j) : 1;
    }

    private int all() {
      return 2 * keyWidth + valueWidth;
    }

    private double query(int operand, int t, int i) {
      return operands[operand].get((firstRow + t) * keyWidth + head * (keyWidth / attention.heads()) + i);
    }

    private double value(int operand, int t, int i) {
      return operands[operand].get((firstRow + t) * valueWidth + head * (valueWidth / attention.heads()) + i);
    }
  }

  private static ScalarKernel simpleRecurrenceGradient(Step step) {
    int n = step.operands().getFirst().width();
    return (frame, operands, result) -> {
      for (int sequence = 0; sequence < frame.sequences(); sequence++) {
        for (int i = 0; i < n; i++) {
          recurrenceGradient(operands, result, (long) sequence * frame.length(), frame.length(), n, i);
        }
      }
    };
  }

  private static void recurrenceGradient(ScalarTensor[] operands, ScalarTensor result, long firstRow, int length, int n, int i) {
    double[] carries = new double[length + 1];
    for (int t = 0; t < length; t++) {
      double forget = sigmoid(operands[1].get((firstRow + t) * 3 * n + n + i));
      carries[t + 1] = forget * carries[t] + (1 - forget) * operands[1].get((firstRow + t) * 3 * n + 2L * n + i);
    }
    double carried = 0;
    for (int t = length - 1; t >= 0; t--) {
      long row = firstRow + t;
      double x = operands[0].get(row * n + i);
      double reset = sigmoid(operands[1].get(row * 3 * n + i));
      double forget = sigmoid(operands[1].get(row * 3 * n + n + i));
      double y = operands[1].get(row * 3 * n + 2L * n + i);
      double u = operands[2].get(row * n + i);
      double a = carried + u * reset;
      result.set(row * 4 * n + i, u * Math.sqrt(3) * (1 - reset));
      result.set(row * 4 * n + n + i, u * (carries[t + 1] - Math.sqrt(3) * x) * reset * (1 - reset));
      result.set(row * 4 * n + 2L * n + i, a * (carries[t] - y) * forget * (1 - forget));
      result.set(row * 4 * n + 3L * n + i, a * (1 - forget));
      carried = a * forget;
    }
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static ScalarKernel keepLastGradient(Step step) {
    int width = step.result().width();
    return (frame, operands, result) -> {
      for (int row = 0; row < frame.rows(); row++) {
        int kept = row % frame.length() - (frame.length() - frame.kept());
        long from = ((long) row / frame.length() * frame.kept() + kept) * width;
        for (int i = 0; i < width; i++) {
          result.set((long) row * width + i, kept < 0 ? 0 : operands[0].get(from + i));
        }
      }
    };
  }

  private static ScalarKernel rotaryTransposed(Step step) {
    double base = ((RotaryTransposed) step.operation()).base();
    int size = (int) step.result().shape().columns();
    int vectors = step.result().width() / size;
    return (frame, operands, result) -> {
      for (long vector = 0; vector < (long) frame.items(step.result().extent()) * vectors; vector++) {
        int position = operands[1].getInt(vector / vectors);
        for (int i = 0; i < size / 2; i++) {
          double angle = position * Math.pow(base, -2.0 * i / size);
          double first = operands[0].get(vector * size + i);
          double second = operands[0].get(vector * size + i + size / 2);
          result.set(vector * size + i, first * Math.cos(angle) + second * Math.sin(angle));
          result.set(vector * size + i + size / 2, second * Math.cos(angle) - first * Math.sin(angle));
        }
      }
    };
  }
}
