package org.terraformer.cpu.scalar;

import java.util.Map;
import org.terraformer.ports.operation.LayerNorm;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.operation.ModuleLinear;
import org.terraformer.ports.operation.SelectedRowsSum;
import org.terraformer.ports.tensor.Shape;

/** Tables, matrix products, and norms. */
final class MatrixKernels {
  static final Map<String, ScalarKernelFactory> ALL = Map.of(
      "embedding", step -> {
        long rows = step.operands().get(1).shape().axis(0);
        long width = step.operands().get(1).shape().axis(1);
        return (frame, operands, result) -> {
          for (long i = 0; i < (long) frame.items(step.result().extent()) * step.operands().get(0).width(); i++) {
            long id = Math.clamp(operands[0].getInt(i), 0, rows - 1);
            for (long column = 0; column < width; column++) {
              result.set(i * width + column, operands[1].get(id * width + column));
            }
          }
        };
      },
      "linear", step -> {
        boolean biased = ((Linear) step.operation()).biased();
        long outputs = step.operands().get(1).shape().rows();
        long inputs = step.operands().get(1).shape().columns();
        long biases = biased ? step.operands().get(2).width() : 1;
        return (frame, operands, result) -> {
          for (long i = 0; i < (long) frame.items(step.result().extent()) * step.result().width(); i++) {
            long vector = i / outputs;
            double sum = biased ? operands[2].get(i % biases) : 0;
            for (long input = 0; input < inputs; input++) {
              sum += operands[0].get(vector * inputs + input) * operands[1].get(i % outputs * inputs + input);
            }
            result.set(i, sum);
          }
        };
      },
      "layer_norm", step -> {
        LayerNorm norm = (LayerNorm) step.operation();
        int width = (int) step.result().shape().columns();
        return (frame, operands, result) -> {
          for (long vector = 0; vector < (long) frame.items(step.result().extent()) * step.result().width() / width; vector++) {
            double mean = 0;
            for (int i = 0; i < width && norm.centred(); i++) {
              mean += operands[0].get(vector * width + i) / width;
            }
            double variance = 0;
            for (int i = 0; i < width; i++) {
              double centred = operands[0].get(vector * width + i) - mean;
              variance += centred * centred / width;
            }
            double factor = 1 / Math.sqrt(variance + norm.epsilon());
            for (int i = 0; i < width; i++) {
              double y = (operands[0].get(vector * width + i) - mean) * factor * operands[1].get(i);
              result.set(vector * width + i, norm.centred() ? y + operands[2].get(i) : y);
            }
          }
        };
      },
      "module_linear", step -> {
        boolean biased = ((ModuleLinear) step.operation()).biased();
        Shape weight = step.operands().get(1).shape();
        int modules = weight.intAxis(0);
        int outputs = weight.intAxis(1);
        int kernel = weight.intAxis(2);
        int inputs = weight.intAxis(3);
        return (frame, operands, result) -> {
          for (long row = 0; row < frame.items(step.result().extent()); row++) {
            for (int cell = 0; cell < modules * outputs; cell++) {
              double sum = biased ? operands[2].get(cell) : 0;
              for (int tap = 0; tap < kernel; tap++) {
                int read = Math.floorMod(cell / outputs + tap - (kernel - 1) / 2, modules);
                for (int input = 0; input < inputs; input++) {
                  sum += operands[0].get((row * modules + read) * inputs + input)
                      * operands[1].get(((long) cell * kernel + tap) * inputs + input);
                }
              }
              result.set(row * modules * outputs + cell, sum);
            }
          }
        };
      },
      "selected_rows_dot", step -> {
        Shape weight = step.operands().get(1).shape();
        int blocks = weight.intAxis(0);
        int choices = weight.intAxis(1);
        int group = weight.intAxis(2);
        int width = weight.intAxis(3);
        return (frame, operands, result) -> {
          for (long row = 0; row < frame.items(step.result().extent()); row++) {
            for (int block = 0; block < blocks; block++) {
              long chosen = (long) block * choices + operands[2].getInt(row * blocks + block);
              for (int member = 0; member < group; member++) {
                double sum = 0;
                for (int i = 0; i < width; i++) {
                  sum += operands[0].get(row * width + i) * operands[1].get((chosen * group + member) * width + i);
                }
                result.set((row * blocks + block) * group + member, sum);
              }
            }
          }
        };
      },
      "selected_rows_sum", step -> {
        boolean biased = ((SelectedRowsSum) step.operation()).biased();
        Shape weight = step.operands().get(1).shape();
        int blocks = weight.intAxis(0);
        int choices = weight.intAxis(1);
        int group = weight.intAxis(2);
        int width = weight.intAxis(3);
        return (frame, operands, result) -> {
          for (long row = 0; row < frame.items(step.result().extent()); row++) {
            for (int i = 0; i < width; i++) {
              double sum = biased ? operands[3].get(i) : 0;
              for (int block = 0; block < blocks; block++) {
                long chosen = (long) block * choices + operands[2].getInt(row * blocks + block);
                for (int member = 0; member < group; member++) {
                  sum += operands[0].get((row * blocks + block) * group + member)
                      * operands[1].get((chosen * group + member) * width + i);
                }
              }
              result.set(row * width + i, sum);
            }
          }
        };
      });

  private MatrixKernels() {}
}
