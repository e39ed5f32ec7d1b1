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
        int outputs = Math.toIntExact(step.operands().get(1).shape().rows());
        int inputs = Math.toIntExact(step.operands().get(1).shape().columns());
        long biases = biased ? step.operands().get(2).width() : 1;
        return (frame, operands, result) -> {
          int vectors = Math.toIntExact((long) frame.items(step.result().extent()) * step.result().width() / outputs);
          double[][] x = rows(operands[0], vectors, inputs);
          double[] row = new double[inputs];
          for (int output = 0; output < outputs; output++) {
            operands[1].read((long) output * inputs, row);
            for (int vector = 0; vector < vectors; vector++) {
              long i = (long) vector * outputs + output;
              result.set(i, dot(biased ? operands[2].get(i % biases) : 0, x[vector], row));
            }
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
            double[][] x = rows(operands[0], row * modules, modules, inputs);
            double[] weights = new double[inputs];
            for (int cell = 0; cell < modules * outputs; cell++) {
              double sum = biased ? operands[2].get(cell) : 0;
              for (int tap = 0; tap < kernel; tap++) {
                operands[1].read(((long) cell * kernel + tap) * inputs, weights);
                sum = dot(sum, x[Math.floorMod(cell / outputs + tap - (kernel - 1) / 2, modules)], weights);
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
          double[] x = new double[width];
          double[] weights = new double[width];
          for (long row = 0; row < frame.items(step.result().extent()); row++) {
            operands[0].read(row * width, x);
            for (int block = 0; block < blocks; block++) {
              long chosen = (long) block * choices + operands[2].getInt(row * blocks + block);
              for (int member = 0; member < group; member++) {
                operands[1].read((chosen * group + member) * width, weights);
                result.set((row * blocks + block) * group + member, dot(0, x, weights));
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
          double[] sums = new double[width];
          double[] weights = new double[width];
          for (long row = 0; row < frame.items(step.result().extent()); row++) {
            for (int i = 0; i < width; i++) {
              sums[i] = biased ? operands[3].get(i) : 0;
            }
            for (int block = 0; block < blocks; block++) {
              long chosen = (long) block * choices + operands[2].getInt(row * blocks + block);
              for (int member = 0; member < group; member++) {
                double factor = operands[0].get((row * blocks + block) * group + member);
                operands[1].read((chosen * group + member) * width, weights);
                for (int i = 0; i < width; i++) {
                  sums[i] += factor * weights[i];
                }
              }
            }
            for (int i = 0; i < width; i++) {
              result.set(row * width + i, sums[i]);
            }
          }
        };
      });

  private MatrixKernels() {}

  private static double[][] rows(ScalarTensor tensor, int rows, int columns) {
    return rows(tensor, 0, rows, columns);
  }

  static double[][] rows(ScalarTensor tensor, long first, int rows, int columns) {
    double[][] all = new double[rows][columns];
    for (int i = 0; i < rows; i++) {
      tensor.read((first + i) * columns, all[i]);
    }
    return all;
  }

  /** Adds the products of two rows to a sum, one by one. */
  private static double dot(double sum, double[] x, double[] weights) {
    for (int i = 0; i < weights.length; i++) {
      sum += x[i] * weights[i];
    }
    return sum;
  }
}
