package org.terraformer.cpu.scalar;

import java.util.Map;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.Activation;
import org.terraformer.ports.operation.ActivationFunction;
import org.terraformer.ports.operation.NotEqual;
import org.terraformer.ports.operation.PermuteFeatures;
import org.terraformer.ports.operation.Scale;

/** Operations that work element by element, or only move elements. */
final class ElementKernels {
  static final Map<String, ScalarKernelFactory> ALL = Map.of(
      "activation", step -> {
        ActivationFunction function = ((Activation) step.operation()).function();
        return each(step, (operands, index) -> function.apply(operands[0].get(index)));
      },
      "add", step -> each(step, (operands, index) -> operands[0].get(index) + operands[1].get(index)),
      "multiply", step -> {
        int group = step.result().width() / step.operands().get(1).width();
        return each(step, (operands, index) -> operands[0].get(index) * operands[1].get(index / group));
      },
      "scale", step -> {
        double factor = ((Scale) step.operation()).factor();
        return each(step, (operands, index) -> factor * operands[0].get(index));
      },
      "channel_scale", step -> {
        long columns = step.result().shape().columns();
        return each(step, (operands, index) -> operands[0].get(index) * operands[1].get(index % columns));
      },
      "gate", step -> {
        long gates = step.result().width();
        long size = step.operands().getFirst().width();
        return each(step, (operands, index) ->
            operands[0].get(index / gates * size + index % size) * operands[1].get(index % gates));
      },
      "concatenate", step -> {
        long first = step.operands().get(0).shape().columns();
        long second = step.operands().get(1).shape().columns();
        return each(step, (operands, index) -> {
          long vector = index / (first + second);
          long i = index % (first + second);
          return i < first ? operands[0].get(vector * first + i) : operands[1].get(vector * second + i - first);
        });
      },
      "permute_features", step -> {
        int[] order = ((PermuteFeatures) step.operation()).order().stream().mapToInt(Integer::intValue).toArray();
        return each(step, (operands, index) -> operands[0].get(index / order.length * order.length + order[(int) (index % order.length)]));
      },
      "not_equal", step -> {
        int value = ((NotEqual) step.operation()).value();
        return (frame, operands, result) -> {
          for (long i = 0; i < (long) frame.items(step.result().extent()) * step.result().width(); i++) {
            result.setInt(i, operands[0].getInt(i) == value ? 0 : 1);
          }
        };
      },
      "keep_last", step -> (frame, operands, result) -> {
        int width = step.result().width();
        for (int row = 0; row < frame.sequences() * frame.kept(); row++) {
          long from = ((long) row / frame.kept() * frame.length() + frame.length() - frame.kept() + row % frame.kept()) * width;
          for (int i = 0; i < width; i++) {
            result.set((long) row * width + i, operands[0].get(from + i));
          }
        }
      });

  private ElementKernels() {}

  private interface Element {
    double at(ScalarTensor[] operands, long index);
  }

  private static ScalarKernel each(Step step, Element element) {
    return (frame, operands, result) -> {
      for (long i = 0; i < (long) frame.items(step.result().extent()) * step.result().width(); i++) {
        result.set(i, element.at(operands, i));
      }
    };
  }
}
