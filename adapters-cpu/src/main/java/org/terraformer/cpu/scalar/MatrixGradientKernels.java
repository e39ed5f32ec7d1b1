package org.terraformer.cpu.scalar;

import java.util.Map;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.LinearTransposed;
import org.terraformer.ports.operation.gradient.LayerNormGradient;
import org.terraformer.ports.operation.gradient.LayerNormScaleGradient;
import org.terraformer.ports.tensor.Shape;

/** Products with transposed matrices and gradients of tables, matrix products, gates and norms. */
final class MatrixGradientKernels {
  static final Map<String, ScalarKernelFactory> ALL = Map.ofEntries(
      Map.entry("linear_transposed", MatrixGradientKernels::linearTransposed),
      Map.entry("linear_weight_gradient", MatrixGradientKernels::linearWeightGradient),
      Map.entry("sum_over_items", MatrixGradientKernels::sumOverItems),
      Map.entry("embedding_gradient", MatrixGradientKernels::embeddingGradient),
      Map.entry("layer_norm_gradient", MatrixGradientKernels::layerNormGradient),
      Map.entry("layer_norm_scale_gradient", MatrixGradientKernels::layerNormScaleGradient),
      Map.entry("channel_scale_gradient", MatrixGradientKernels::channelScaleGradient),
      Map.entry("gate_transposed", MatrixGradientKernels::gateTransposed),
      Map.entry("gate_gradient", MatrixGradientKernels::gateGradient),
      Map.entry("selected_rows_dot_where", MatrixGradientKernels::selectedRowsDotWhere),
      Map.entry("selected_rows_weight_gradient", MatrixGradientKernels::selectedRowsWeightGradient),
      Map.entry("module_linear_transposed", MatrixGradientKernels::moduleLinearTransposed),
      Map.entry("module_linear_weight_gradient", MatrixGradientKernels::moduleLinearWeightGradient));

  private MatrixGradientKernels() {}

  private static ScalarKernel linearTransposed(Step step) {
    long outputs = step.operands().get(1).shape().rows();
    long inputs = step.operands().get(1).shape().columns();
    boolean biased = ((LinearTransposed) step.operation()).biased();
    return (frame, operands, result) -> {
      for (long i = 0; i < elements(frame, step); i++) {
        double sum = biased ? operands[2].get(i % inputs) : 0;
        for (long output = 0; output < outputs; output++) {
          sum += operands[0].get(i / inputs * outputs + output) * operands[1].get(output * inputs + i % inputs);
        }
        result.set(i, sum);
      }
    };
  }

  private static ScalarKernel linearWeightGradient(Step step) {
    long outputs = step.operands().getFirst().shape().columns();
    long inputs = step.operands().get(1).shape().columns();
    long vectorsPerItem = step.operands().getFirst().shape().rows();
    return (frame, operands, result) -> {
      long vectors = frame.items(step.operands().getFirst().extent()) * vectorsPerItem;
      for (long cell = 0; cell < outputs * inputs; cell++) {
        double sum = 0;
        for (long vector = 0; vector < vectors; vector++) {
          sum += operands[0].get(vector * outputs + cell / inputs) * operands[1].get(vector * inputs + cell % inputs);
        }
        result.set(cell, sum);
      }
    };
  }

  private static ScalarKernel selectedRowsDotWhere(Step step) {
    ScalarKernel products = MatrixKernels.ALL.get("selected_rows_dot").create(step);
    return (frame, operands, result) -> {
      products.run(frame, operands, result);
      for (long i = 0; i < elements(frame, step); i++) {
        if (!(operands[3].get(i) > 0)) {
          result.set(i, 0);
        }
      }
    };
  }

  private static ScalarKernel sumOverItems(Step step) {
    int size = step.result().width();
    return (frame, operands, result) -> {
      long all = (long) frame.items(step.operands().getFirst().extent()) * step.operands().getFirst().width();
      for (int i = 0; i < size; i++) {
        double sum = 0;
        for (long at = i; at < all; at += size) {
          sum += operands[0].get(at);
        }
        result.set(i, sum);
      }
    };
  }

  private static ScalarKernel embeddingGradient(Step step) {
    long rows = step.result().shape().axis(0);
    int width = (int) step.result().shape().columns();
    return (frame, operands, result) -> {
      double[] sums = new double[step.result().width()];
      for (long i = 0; i < (long) frame.items(step.operands().getFirst().extent()) * step.operands().getFirst().width(); i++) {
        int row = (int) Math.clamp(operands[0].getInt(i), 0, rows - 1);
        for (int column = 0; column < width; column++) {
          sums[row * width + column] += operands[1].get(i * width + column);
        }
      }
      set(result, sums);
    };
  }

  /** Writes the normalised vector and gives the factor that it was multiplied by. */
  private static double normalize(ScalarTensor x, long start, boolean centred, double epsilon, double[] normalized) {
    int size = normalized.length;
    double mean = 0;
    for (int i = 0; i < size && centred; i++) {
      mean += x.get(start + i) / size;
    }
    double variance = 0;
    for (int i = 0; i < size; i++) {
      normalized[i] = x.get(start + i) - mean;
      variance += normalized[i] * normalized[i] / size;
    }
    double factor = 1 / Math.sqrt(variance + epsilon);
    for (int i = 0; i < size; i++) {
      normalized[i] *= factor;
    }
    return factor;
  }

  private static ScalarKernel layerNormGradient(Step step) {
    LayerNormGradient norm = (LayerNormGradient) step.operation();
    int size = (int) step.result().shape().columns();
    return (frame, operands, result) -> {
      double[] normalized = new double[size];
      for (long start = 0; start < elements(frame, step); start += size) {
        double factor = normalize(operands[0], start, norm.centred(), norm.epsilon(), normalized);
        double mean = 0;
        double dot = 0;
        for (int i = 0; i < size; i++) {
          double g = operands[2].get(start + i) * operands[1].get(i);
          mean += norm.centred() ? g / size : 0;
          dot += g * normalized[i] / size;
        }
        for (int i = 0; i < size; i++) {
          double g = operands[2].get(start + i) * operands[1].get(i);
          result.set(start + i, factor * (g - mean - normalized[i] * dot));
        }
      }
    };
  }

  private static ScalarKernel layerNormScaleGradient(Step step) {
    LayerNormScaleGradient norm = (LayerNormScaleGradient) step.operation();
    int size = step.result().width();
    return (frame, operands, result) -> {
      double[] sums = new double[size];
      double[] normalized = new double[size];
      for (long start = 0; start < (long) frame.items(step.operands().getFirst().extent()) * step.operands().getFirst().width(); start += size) {
        normalize(operands[0], start, norm.centred(), norm.epsilon(), normalized);
        for (int i = 0; i < size; i++) {
          sums[i] += operands[1].get(start + i) * normalized[i];
        }
      }
      set(result, sums);
    };
  }

  private static ScalarKernel channelScaleGradient(Step step) {
    int size = step.result().width();
    return (frame, operands, result) -> {
      double[] sums = new double[size];
      for (long i = 0; i < (long) frame.items(step.operands().getFirst().extent()) * step.operands().getFirst().width(); i++) {
        sums[(int) (i % size)] += operands[0].get(i) * operands[1].get(i);
      }
      set(result, sums);
    };
  }

  private static ScalarKernel gateTransposed(Step step) {
    int size = step.result().width();
    int all = step.operands().get(1).width();
    return (frame, operands, result) -> {
      for (long i = 0; i < elements(frame, step); i++) {
        double sum = 0;
        for (long gate = i % size; gate < all; gate += size) {
          sum += operands[0].get(i / size * all + gate) * operands[1].get(gate);
        }
        result.set(i, sum);
      }
    };
  }

  private static ScalarKernel gateGradient(Step step) {
    int all = step.result().width();
    int size = (int) step.result().shape().columns();
    return (frame, operands, result) -> {
      double[] sums = new double[all];
      for (long item = 0; item < frame.items(step.operands().getFirst().extent()); item++) {
        for (int gate = 0; gate < all; gate++) {
          sums[gate] += operands[0].get(item * all + gate) * operands[1].get(item * size + gate % size);
        }
      }
      set(result, sums);
    };
  }

  private static ScalarKernel selectedRowsWeightGradient(Step step) {
    Shape weight = step.result().shape();
    int blocks = weight.intAxis(0);
    int choices = weight.intAxis(1);
    int group = weight.intAxis(2);
    int width = weight.intAxis(3);
    return (frame, operands, result) -> {
      double[] sums = new double[step.result().width()];
      for (long item = 0; item < frame.items(step.operands().getFirst().extent()); item++) {
        for (int block = 0; block < blocks; block++) {
          int chosen = block * choices + operands[2].getInt(item * blocks + block);
          for (int member = 0; member < group; member++) {
            double factor = operands[0].get((item * blocks + block) * group + member);
            for (int i = 0; i < width; i++) {
              sums[(chosen * group + member) * width + i] += factor * operands[1].get(item * width + i);
            }
          }
        }
      }
      set(result, sums);
    };
  }

  private static ScalarKernel moduleLinearTransposed(Step step) {
    Shape weight = step.operands().get(1).shape();
    int modules = weight.intAxis(0);
    int outputs = weight.intAxis(1);
    int kernel = weight.intAxis(2);
    int inputs = weight.intAxis(3);
    return (frame, operands, result) -> {
      for (long row = 0; row < frame.items(step.result().extent()); row++) {
        for (int cell = 0; cell < modules * inputs; cell++) {
          double sum = 0;
          for (int tap = 0; tap < kernel; tap++) {
            int module = Math.floorMod(cell / inputs - tap + (kernel - 1) / 2, modules);
            for (int output = 0; output < outputs; output++) {
              sum += operands[0].get((row * modules + module) * outputs + output)
                  * operands[1].get((((long) module * outputs + output) * kernel + tap) * inputs + cell % inputs);
            }
          }
          result.set(row * modules * inputs + cell, sum);
        }
      }
    };
  }

  private static ScalarKernel moduleLinearWeightGradient(Step step) {
    Shape weight = step.result().shape();
    int modules = weight.intAxis(0);
    int outputs = weight.intAxis(1);
    int kernel = weight.intAxis(2);
    int inputs = weight.intAxis(3);
    return (frame, operands, result) -> {
      double[] sums = new double[step.result().width()];
      for (long item = 0; item < frame.items(step.operands().getFirst().extent()); item++) {
        for (int cell = 0; cell < sums.length; cell++) {
          int output = cell / inputs / kernel;
          int module = Math.floorMod(output / outputs + cell / inputs % kernel - (kernel - 1) / 2, modules);
          sums[cell] += operands[0].get(item * modules * outputs + output) * operands[1].get((item * modules + module) * inputs + cell % inputs);
        }
      }
      set(result, sums);
    };
  }

  private static void set(ScalarTensor result, double[] sums) {
    for (int i = 0; i < sums.length; i++) {
      result.set(i, sums[i]);
    }
  }

  private static long elements(Frame frame, Step step) {
    return (long) frame.items(step.result().extent()) * step.result().width();
  }
}
