package org.terraformer.cpu.scalar;

import java.util.Map;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.BlockDraw;
import org.terraformer.ports.operation.Dropout;
import org.terraformer.ports.operation.GumbelNoise;
import org.terraformer.ports.operation.KeepIf;
import org.terraformer.ports.operation.Uniform;

/** What training leaves to chance. */
final class ChanceKernels {
  static final Map<String, ScalarKernelFactory> ALL = Map.of(
      "uniform", step -> {
        Uniform uniform = (Uniform) step.operation();
        return (frame, operands, result) -> {
          for (long i = 0; i < elements(frame, step); i++) {
            result.set(i, uniform.at(operands[0].getInt(0), i));
          }
        };
      },
      "gumbel_noise", step -> {
        double temperature = ((GumbelNoise) step.operation()).temperature();
        return (frame, operands, result) -> {
          for (long i = 0; i < elements(frame, step); i++) {
            result.set(i, operands[0].get(i) - temperature * Math.log(-Math.log(operands[1].get(i))));
          }
        };
      },
      "block_draw", step -> {
        BlockDraw draw = (BlockDraw) step.operation();
        int choices = (int) step.operands().getFirst().shape().columns();
        return (frame, operands, result) -> {
          for (long block = 0; block < elements(frame, step); block++) {
            result.setInt(block, drawn(operands[0], block * choices, choices, draw.temperature(), draw.at(operands[1].getInt(0), block)));
          }
        };
      },
      "straight_through", step -> {
        int choices = (int) step.result().shape().columns();
        return (frame, operands, result) -> {
          for (long i = 0; i < elements(frame, step); i++) {
            result.set(i, operands[1].getInt(i / choices) == i % choices ? 1 : 0);
          }
        };
      },
      "straight_through_at", step -> (frame, operands, result) -> {
        for (long i = 0; i < elements(frame, step); i++) {
          result.set(i, operands[0].get(i));
        }
      },
      "keep_if", step -> {
        KeepIf keep = (KeepIf) step.operation();
        return (frame, operands, result) -> {
          boolean kept = operands[1].get(0) < keep.threshold() == keep.below();
          for (long i = 0; i < elements(frame, step); i++) {
            result.set(i, kept ? operands[0].get(i) : 0);
          }
        };
      },
      "stop_gradient", step -> (frame, operands, result) -> {
        for (long i = 0; i < elements(frame, step); i++) {
          result.set(i, operands[0].get(i));
        }
      },
      "dropout", step -> {
        double kept = 1 - (double) ((Dropout) step.operation()).rate();
        Extent draws = step.operands().get(1).extent();
        int width = step.result().width();
        return (frame, operands, result) -> {
          for (long i = 0; i < elements(frame, step); i++) {
            long item = draws == Extent.FIXED ? 0 : draws == step.result().extent() ? i / width : i / width / frame.length();
            result.set(i, operands[1].get(item * width + i % width) < kept ? operands[0].get(i) / kept : 0);
          }
        };
      });

  private ChanceKernels() {}

  /** The number of elements at which the sum of the exponentials so far does not exceed this part of all, but for the last. */
  private static int drawn(ScalarTensor x, long from, int choices, double temperature, double part) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < choices; i++) {
      largest = Math.max(largest, x.get(from + i));
    }
    double[] sums = new double[choices];
    double sum = 0;
    for (int i = 0; i < choices; i++) {
      sum += Math.exp((x.get(from + i) - largest) / temperature);
      sums[i] = sum;
    }
    int drawn = 0;
    for (int i = 0; i < choices - 1; i++) {
      drawn += sums[i] <= part * sum ? 1 : 0;
    }
    return drawn;
  }

  private static long elements(Frame frame, Step step) {
    return (long) frame.items(step.result().extent()) * step.result().width();
  }
}
