package org.terraformer.cpu.scalar;

import java.util.Map;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.OrthogonalProjection;
import org.terraformer.ports.operation.SoftmaxFeatures;
import org.terraformer.ports.operation.gradient.SoftmaxFeaturesGradient;

/** Random features of queries and keys, group by group: the vectors of one head that share a largest product. */
final class SoftmaxFeatureKernels {
  static final Map<String, ScalarKernelFactory> ALL = Map.of(
      "softmax_features", SoftmaxFeatureKernels::features,
      "softmax_features_gradient", SoftmaxFeatureKernels::gradient);

  private SoftmaxFeatureKernels() {}

  private static ScalarKernel features(Step step) {
    SoftmaxFeatures operation = (SoftmaxFeatures) step.operation();
    int heads = operation.heads();
    int count = operation.features();
    Projection projection = new Projection(count, step.operands().getFirst().width() / heads);
    return (frame, operands, result) -> {
      int rows = rowsOfGroup(frame, operation.overRows());
      for (int group = 0; group < frame.rows() / rows * heads; group++) {
        HeadVectors x = ofGroup(operands[0], projection.size * heads, heads, rows, group);
        HeadVectors y = ofGroup(result, count * heads, heads, rows, group);
        Largest largest = projection.largest(x, rows);
        for (int row = 0; row < rows; row++) {
          double shift = x.dot(row, x, row) / 2 + largest.product;
          for (int feature = 0; feature < count; feature++) {
            y.set(row, feature, (Math.exp(projection.product(x, row, feature) - shift) + SoftmaxFeatures.LEAST) / Math.sqrt(count));
          }
        }
      }
    };
  }

  private static ScalarKernel gradient(Step step) {
    SoftmaxFeaturesGradient operation = (SoftmaxFeaturesGradient) step.operation();
    int heads = operation.heads();
    int count = operation.features();
    Projection projection = new Projection(count, step.result().width() / heads);
    return (frame, operands, result) -> {
      int rows = rowsOfGroup(frame, operation.overRows());
      for (int group = 0; group < frame.rows() / rows * heads; group++) {
        HeadVectors x = ofGroup(operands[0], projection.size * heads, heads, rows, group);
        HeadVectors upstream = ofGroup(operands[1], count * heads, heads, rows, group);
        double[][] sums = new double[rows][projection.size];
        Largest largest = projection.largest(x, rows);
        for (int row = 0; row < rows; row++) {
          double shift = x.dot(row, x, row) / 2 + largest.product;
          for (int feature = 0; feature < count; feature++) {
            double g = upstream.get(row, feature) * Math.exp(projection.product(x, row, feature) - shift) / Math.sqrt(count);
            for (int i = 0; i < projection.size; i++) {
              sums[row][i] += g * (projection.get(feature, i) - x.get(row, i));
              sums[largest.row][i] -= g * projection.get(largest.feature, i);
            }
          }
        }
        HeadVectors y = ofGroup(result, projection.size * heads, heads, rows, group);
        for (int row = 0; row < rows; row++) {
          for (int i = 0; i < projection.size; i++) {
            y.set(row, i, sums[row][i]);
          }
        }
      }
    };
  }

  private static int rowsOfGroup(Frame frame, boolean overRows) {
    return overRows ? frame.length() : 1;
  }

  private static HeadVectors ofGroup(ScalarTensor tensor, int width, int heads, int rows, int group) {
    return HeadVectors.of(tensor, (long) (group / heads) * rows, width, heads, group % heads);
  }

  /** The first of a group's largest products. */
  private record Largest(int row, int feature, double product) {}

  private static final class Projection {
    private final int count;
    private final int size;
    private final double[] rows;

    Projection(int count, int size) {
      this.count = count;
      this.size = size;
      this.rows = OrthogonalProjection.rows(count, size);
    }

    double get(int feature, int i) {
      return rows[feature * size + i];
    }

    double product(HeadVectors x, int row, int feature) {
      double product = 0;
      for (int i = 0; i < size; i++) {
        product += get(feature, i) * x.get(row, i);
      }
      return product;
    }

    Largest largest(HeadVectors x, int group) {
      Largest largest = new Largest(0, 0, Double.NEGATIVE_INFINITY);
      for (int row = 0; row < group; row++) {
        for (int feature = 0; feature < count; feature++) {
          double product = product(x, row, feature);
          if (product > largest.product) {
            largest = new Largest(row, feature, product);
          }
        }
      }
      return largest;
    }
  }
}
