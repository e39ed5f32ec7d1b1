package org.terraformer.cpu.scalar;

import java.util.Map;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.RunCheck;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.CausalAttention;
import org.terraformer.ports.operation.DroppedAttention;
import org.terraformer.ports.operation.MaskedAttention;
import org.terraformer.ports.operation.ModuleConvolution;
import org.terraformer.ports.tensor.Shape;

/**
 * Operations that look back in time. Histories are rings: what stood at position p is item p mod (length - 1); all of a run's rows are
 * computed before the last of them are remembered.
 */
final class TimeKernels {
  static final Map<String, ScalarKernelFactory> ALL = Map.of(
      "module_convolution", TimeKernels::moduleConvolution,
      "depthwise_convolution", TimeKernels::depthwiseConvolution,
      "simple_recurrence", TimeKernels::simpleRecurrence,
      "causal_attention", TimeKernels::causalAttention,
      "masked_attention", TimeKernels::maskedAttention,
      "dropped_attention", TimeKernels::droppedAttention);

  private TimeKernels() {}

  private static ScalarKernel moduleConvolution(Step step) {
    boolean biased = ((ModuleConvolution) step.operation()).biased();
    Shape weight = step.operands().get(1).shape();
    int outputs = weight.intAxis(0);
    int length = weight.intAxis(1);
    int kernel = weight.intAxis(2);
    int inputs = weight.intAxis(3);
    int modules = step.result().shape().intAxis(0);
    History history = new History(length - 1, modules * inputs);
    return (frame, operands, result) -> {
      double[] weights = new double[outputs * length * kernel * inputs];
      operands[1].read(0, weights);
      for (int row = 0; row < frame.rows(); row++) {
        double[][] past = new double[length][];
        for (int lag = 0; lag < length; lag++) {
          past[lag] = history.item(frame, row, lag, operands[0], operands[2], operands[3]);
        }
        for (int cell = 0; cell < modules * outputs; cell++) {
          int output = cell % outputs;
          double sum = biased ? operands[4].get(output) : 0;
          for (int lag = 0; lag < length; lag++) {
            for (int tap = 0; tap < kernel; tap++) {
              int module = cell / outputs + tap - (kernel - 1) / 2;
              if (module >= 0 && module < modules) {
                sum = addProducts(sum, past[lag], module * inputs, weights, ((output * length + length - 1 - lag) * kernel + tap) * inputs, inputs);
              }
            }
          }
          result.set((long) row * modules * outputs + cell, sum);
        }
      }
      history.remember(frame, operands[0], operands[2], operands[3]);
    };
  }

  private static double addProducts(double sum, double[] x, int at, double[] weights, int first, int count) {
    for (int i = 0; i < count; i++) {
      sum += x[at + i] * weights[first + i];
    }
    return sum;
  }

  /** Allocates nothing, as it is the kernel of the backend cpu, too. */
  private static ScalarKernel depthwiseConvolution(Step step) {
    int length = step.operands().get(1).shape().intAxis(0);
    int width = step.result().width();
    History history = new History(length - 1, width);
    return (frame, operands, result) -> {
      for (int row = 0; row < frame.rows(); row++) {
        for (int i = 0; i < width; i++) {
          double sum = 0;
          for (int lag = 0; lag < length; lag++) {
            sum += history.at(frame, row, lag, i, operands[0], operands[2], operands[3]) * operands[1].get((long) lag * width + i);
          }
          result.set((long) row * width + i, sum);
        }
      }
      history.remember(frame, operands[0], operands[2], operands[3]);
    };
  }

  /** The inputs of the last positions, in a state tensor. */
  private record History(int items, int width) {

    /** Element i of the input {@code lag} positions before a row; 0 before the start. */
    double at(Frame frame, int row, int lag, int i, ScalarTensor x, ScalarTensor starts, ScalarTensor state) {
      int sequence = row / frame.length();
      int t = row % frame.length() - lag;
      if (t >= 0) {
        return x.get(((long) row - lag) * width + i);
      }
      int position = starts.getInt(sequence) + t;
      return position < 0 ? 0 : state.get(((long) (frame.firstSlot() + sequence) * items + position % items) * width + i);
    }

    /** All elements of the input {@code lag} positions before a row; zeros before the start. */
    double[] item(Frame frame, int row, int lag, ScalarTensor x, ScalarTensor starts, ScalarTensor state) {
      double[] elements = new double[width];
      int sequence = row / frame.length();
      int t = row % frame.length() - lag;
      int position = starts.getInt(sequence) + t;
      if (t >= 0) {
        x.read(((long) row - lag) * width, elements);
      } else if (position >= 0) {
        state.read(((long) (frame.firstSlot() + sequence) * items + position % items) * width, elements);
      }
      return elements;
    }

    void remember(Frame frame, ScalarTensor x, ScalarTensor starts, ScalarTensor state) {
      for (int sequence = 0; sequence < frame.sequences(); sequence++) {
        for (int t = Math.max(0, frame.length() - items); t < frame.length(); t++) {
          int item = (starts.getInt(sequence) + t) % items;
          for (int i = 0; i < width; i++) {
            state.set(((long) (frame.firstSlot() + sequence) * items + item) * width + i,
                x.get(((long) sequence * frame.length() + t) * width + i));
          }
        }
      }
    }
  }

  private static ScalarKernel simpleRecurrence(Step step) {
    int width = step.result().width();
    return (frame, operands, result) -> {
      for (int row = 0; row < frame.rows(); row++) {
        int sequence = row / frame.length();
        boolean first = operands[2].getInt(sequence) + row % frame.length() == 0;
        for (int i = 0; i < width; i++) {
          long carryIndex = (long) (frame.firstSlot() + sequence) * width + i;
          double reset = sigmoid(operands[1].get((long) row * 3 * width + i));
          double forget = sigmoid(operands[1].get((long) row * 3 * width + width + i));
          double y = operands[1].get((long) row * 3 * width + 2L * width + i);
          double carry = forget * (first ? 0 : operands[3].get(carryIndex)) + (1 - forget) * y;
          operands[3].set(carryIndex, carry);
          result.set((long) row * width + i,
              reset * carry + Math.sqrt(3) * (1 - reset) * operands[0].get((long) row * width + i));
        }
      }
    };
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** Caches lie head by head, [slot][head][position][size]. */
  private static ScalarKernel causalAttention(Step step) {
    int heads = ((CausalAttention) step.operation()).heads();
    int keySize = step.operands().get(1).width() / heads;
    int valueSize = step.operands().get(2).width() / heads;
    DotProductAttention queries = new DotProductAttention();
    return (frame, operands, result) -> {
      int context = frame.limits().contextLength();
      for (int sequence = 0; sequence < frame.sequences(); sequence++) {
        int start = operands[3].getInt(sequence);
        RunCheck.checkPosition(frame.limits(), start, frame.length());
        for (int head = 0; head < heads; head++) {
          long cached = ((long) (frame.firstSlot() + sequence) * heads + head) * context;
          for (int t = 0; t < frame.length(); t++) {
            long row = ((long) sequence * frame.length() + t) * heads + head;
            copy(operands[1], row * keySize, operands[4], (cached + start + t) * keySize, keySize);
            copy(operands[2], row * valueSize, operands[5], (cached + start + t) * valueSize, valueSize);
          }
          for (int t = 0; t < frame.length(); t++) {
            long row = ((long) sequence * frame.length() + t) * heads + head;
            queries.attend(operands[0], row * keySize, keySize, operands[4], cached * keySize, keySize,
                operands[5], cached * valueSize, valueSize, result, row * valueSize, valueSize, start + t + 1, null, 0);
          }
        }
      }
    };
  }

  private static ScalarKernel maskedAttention(Step step) {
    int heads = ((MaskedAttention) step.operation()).heads();
    int keyWidth = step.operands().get(1).width();
    int valueWidth = step.operands().get(2).width();
    DotProductAttention queries = new DotProductAttention();
    return (frame, operands, result) -> {
      for (int row = 0; row < frame.rows(); row++) {
        long first = (long) row / frame.length() * frame.length();
        for (int head = 0; head < heads; head++) {
          queries.attend(operands[0], (long) row * keyWidth + head * (keyWidth / heads), keyWidth / heads,
              operands[1], first * keyWidth + head * (keyWidth / heads), keyWidth,
              operands[2], first * valueWidth + head * (valueWidth / heads), valueWidth,
              result, (long) row * valueWidth + head * (valueWidth / heads), valueWidth / heads,
              frame.length(), operands[3], first);
        }
      }
    };
  }

  private static ScalarKernel droppedAttention(Step step) {
    DroppedAttention attention = (DroppedAttention) step.operation();
    int heads = attention.heads();
    int keyWidth = step.operands().get(1).width();
    int valueWidth = step.operands().get(2).width();
    DotProductAttention queries = new DotProductAttention();
    return (frame, operands, result) -> {
      int seed = operands[operands.length - 1].getInt(0);
      for (int row = 0; row < frame.rows(); row++) {
        long first = (long) row / frame.length() * frame.length();
        for (int head = 0; head < heads; head++) {
          long query = (long) row * heads + head;
          queries.attend(operands[0], (long) row * keyWidth + head * (keyWidth / heads), keyWidth / heads,
              operands[1], first * keyWidth + head * (keyWidth / heads), keyWidth,
              operands[2], first * valueWidth + head * (valueWidth / heads), valueWidth,
              result, (long) row * valueWidth + head * (valueWidth / heads), valueWidth / heads,
              attention.causal() ? row % frame.length() + 1 : frame.length(), attention.causal() ? null : operands[3], first,
              key -> attention.dropout().factor(seed, query, key));
        }
      }
    };
  }

  private static void copy(ScalarTensor from, long fromStart, ScalarTensor to, long toStart, int count) {
    for (int i = 0; i < count; i++) {
      to.set(toStart + i, from.get(fromStart + i));
    }
  }
}
