package org.terraformer.tornado.task;

import java.util.List;
import org.terraformer.ports.operation.CrossEntropy;
import org.terraformer.ports.operation.LayerNorm;
import org.terraformer.ports.operation.RootMeanSquareNorm;
import org.terraformer.ports.operation.Softmax;
import org.terraformer.tornado.kernel.KernelSite;
import org.terraformer.tornado.kernel.KernelTask;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** What needs sums or maxima over a whole vector, for which a group of threads works together. */
final class NormTasks {
  private NormTasks() {}

  static List<KernelTask> layerNorm(KernelSite site) {
    LayerNorm norm = (LayerNorm) site.step().operation();
    int width = (int) site.step().result().shape().columns();
    int vectors = site.step().result().width() / width;
    TaskPackage task = TaskPackage.createPackage(site.taskName(""), NormTasks::normalizeVectors, site.context(), site.run(), site.floats(0),
        site.floats(1), site.floatsIfAny(2), site.result(), site.items(), width, vectors, norm.centred() ? 1 : 0, norm.epsilon());
    return List.of(KernelTask.perRow(task, site.mostItems().times(vectors)));
  }

  static List<KernelTask> rootMeanSquareNorm(KernelSite site) {
    int width = (int) site.step().result().shape().columns();
    int vectors = site.step().result().width() / width;
    FloatArray ones = site.allocateFloats(width);
    ones.init(1);
    TaskPackage task = TaskPackage.createPackage(site.taskName(""), NormTasks::normalizeVectors, site.context(), site.run(), site.floats(0),
        ones, site.floatsIfAny(1), site.result(), site.items(), width, vectors, 0, ((RootMeanSquareNorm) site.step().operation()).epsilon());
    return List.of(KernelTask.perRow(task, site.mostItems().times(vectors)));
  }

  static void normalizeVectors(KernelContext context, IntArray run, FloatArray x, FloatArray scale, FloatArray bias, FloatArray y, int items,
      int width, int vectors, int centred, float epsilon) {
    float[] partial = context.allocateFloatLocalArray(KernelTask.GROUP);
    int all = run.get(items) * vectors;
    int groups = context.globalGroupSizeX / context.localGroupSizeX;
    for (int vector = context.groupIdx; vector < all; vector += groups) {
      int start = vector * width;
      float mean = 0;
      if (centred != 0) {
        float sum = 0;
        for (int i = context.localIdx; i < width; i += context.localGroupSizeX) {
          sum += x.get(start + i);
        }
        mean = GroupReduction.sum(context, partial, sum) / width;
      }
      float squares = 0;
      for (int i = context.localIdx; i < width; i += context.localGroupSizeX) {
        float difference = x.get(start + i) - mean;
        squares += difference * difference;
      }
      float factor = 1 / TornadoMath.sqrt(GroupReduction.sum(context, partial, squares) / width + epsilon);
      for (int i = context.localIdx; i < width; i += context.localGroupSizeX) {
        float normal = (x.get(start + i) - mean) * factor * scale.get(i);
        y.set(start + i, centred == 0 ? normal : normal + bias.get(i));
      }
    }
  }

  static List<KernelTask> softmax(KernelSite site) {
    int width = (int) site.step().result().shape().columns();
    int vectors = site.step().result().width() / width;
    int logarithm = ((Softmax) site.step().operation()).logarithm() ? 1 : 0;
    TaskPackage task = TaskPackage.createPackage(site.taskName(""), NormTasks::probabilities, site.context(), site.run(), site.floats(0),
        site.result(), site.items(), width, vectors, logarithm);
    return List.of(KernelTask.perRow(task, site.mostItems().times(vectors)));
  }

  static void probabilities(KernelContext context, IntArray run, FloatArray x, FloatArray y, int items, int width, int vectors, int logarithm) {
    float[] partial = context.allocateFloatLocalArray(KernelTask.GROUP);
    int all = run.get(items) * vectors;
    int groups = context.globalGroupSizeX / context.localGroupSizeX;
    for (int vector = context.groupIdx; vector < all; vector += groups) {
      int start = vector * width;
      float largest = GroupReduction.largest(context, partial, x, start, width);
      float sum = 0;
      for (int i = context.localIdx; i < width; i += context.localGroupSizeX) {
        sum += TornadoMath.exp(x.get(start + i) - largest);
      }
      float logOfSum = TornadoMath.log(GroupReduction.sum(context, partial, sum));
      for (int i = context.localIdx; i < width; i += context.localGroupSizeX) {
        float log = x.get(start + i) - largest - logOfSum;
        y.set(start + i, logarithm == 0 ? TornadoMath.exp(log) : log);
      }
    }
  }

  static List<KernelTask> crossEntropy(KernelSite site) {
    int width = site.operand(0).width();
    TaskPackage task = TaskPackage.createPackage(site.taskName(""), NormTasks::surprise, site.context(), site.run(), site.floats(0),
        site.ints(1), site.result(), site.items(), width, ((CrossEntropy) site.step().operation()).smoothing());
    return List.of(KernelTask.perRow(task, site.mostItems()));
  }

  static void surprise(KernelContext context, IntArray run, FloatArray x, IntArray targets, FloatArray y, int items, int width,
      float smoothing) {
    float[] partial = context.allocateFloatLocalArray(KernelTask.GROUP);
    int all = run.get(items);
    int groups = context.globalGroupSizeX / context.localGroupSizeX;
    for (int item = context.groupIdx; item < all; item += groups) {
      int start = item * width;
      float largest = GroupReduction.largest(context, partial, x, start, width);
      float exponentials = 0;
      float differences = 0;
      for (int i = context.localIdx; i < width; i += context.localGroupSizeX) {
        float difference = x.get(start + i) - largest;
        exponentials += TornadoMath.exp(difference);
        differences += difference;
      }
      exponentials = GroupReduction.sum(context, partial, exponentials);
      differences = GroupReduction.sum(context, partial, differences);
      if (context.localIdx == 0) {
        float ofTarget = x.get(start + targets.get(item)) - largest;
        y.set(item, TornadoMath.log(exponentials) - (1 - smoothing) * ofTarget - smoothing * differences / width);
      }
    }
  }
}
