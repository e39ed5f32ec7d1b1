package org.terraformer.tornado.task;

import java.util.List;
import org.terraformer.ports.operation.LinearAttention;
import org.terraformer.ports.operation.OrthogonalProjection;
import org.terraformer.ports.operation.SoftmaxFeatures;
import org.terraformer.tornado.kernel.KernelSite;
import org.terraformer.tornado.kernel.KernelTask;
import org.terraformer.tornado.kernel.RunParameters;
import org.terraformer.tornado.kernel.Work;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Attention by features. */
final class FeatureTasks {
  private static final int HEADS = 0;
  private static final int KEY_SIZE = 1;
  private static final int VALUE_SIZE = 2;
  private static final int CAUSAL = 3;

  private FeatureTasks() {}

  /** Products with the projection first, in the result's place; then the largest of each row or sequence; then the features. */
  static List<KernelTask> softmaxFeatures(KernelSite site) {
    SoftmaxFeatures operation = (SoftmaxFeatures) site.step().operation();
    int heads = operation.heads();
    int count = operation.features();
    int size = site.operand(0).width() / heads;
    FloatArray projection = site.allocateFloats((long) count * size);
    double[] rows = OrthogonalProjection.rows(count, size);
    for (int i = 0; i < rows.length; i++) {
      projection.set(i, (float) rows[i]);
    }
    FloatArray largest = site.allocateFloats((long) site.limits().rows() * heads);
    int overRows = operation.overRows() ? 1 : 0;
    Work vectors = site.mostItems().times(heads);
    return List.of(
        KernelTask.perElement(TaskPackage.createPackage(site.taskName("_project"), FeatureTasks::project, site.context(), site.run(),
            site.floats(0), projection, site.result(), site.items(), heads, count, size), vectors.times(count)),
        KernelTask.perRow(TaskPackage.createPackage(site.taskName("_largest"), FeatureTasks::findLargest, site.context(), site.run(),
            site.result(), largest, heads, count, overRows), vectors),
        KernelTask.perElement(TaskPackage.createPackage(site.taskName(""), FeatureTasks::features, site.context(), site.run(), site.floats(0),
            largest, site.result(), site.items(), heads, count, size, overRows), vectors.times(count)));
  }

  static void project(KernelContext context, IntArray run, FloatArray x, FloatArray projection, FloatArray y, int items, int heads, int count,
      int size) {
    int all = run.get(items) * heads * count;
    for (int index = context.globalIdx; index < all; index += context.globalGroupSizeX) {
      int vector = index / count;
      int feature = index % count;
      float product = 0;
      for (int i = 0; i < size; i++) {
        product += projection.get(feature * size + i) * x.get(vector * size + i);
      }
      y.set(index, product);
    }
  }

  static void findLargest(KernelContext context, IntArray run, FloatArray products, FloatArray largest, int heads, int count, int overRows) {
    float[] partial = context.allocateFloatLocalArray(KernelTask.GROUP);
    int length = run.get(RunParameters.LENGTH);
    int rows = 1;
    int all = run.get(RunParameters.SEQUENCES) * length * heads;
    if (overRows != 0) {
      rows = length;
      all = run.get(RunParameters.SEQUENCES) * heads;
    }
    int groups = context.globalGroupSizeX / context.localGroupSizeX;
    for (int vector = context.groupIdx; vector < all; vector += groups) {
      int first = vector / heads * rows;
      int head = vector % heads;
      float most = GroupReduction.LOWEST;
      for (int i = context.localIdx; i < rows * count; i += context.localGroupSizeX) {
        most = TornadoMath.max(most, products.get(((first + i / count) * heads + head) * count + i % count));
      }
      most = GroupReduction.max(context, partial, most);
      if (context.localIdx == 0) {
        largest.set(vector, most);
      }
    }
  }

  static void features(KernelContext context, IntArray run, FloatArray x, FloatArray largest, FloatArray y, int items, int heads, int count,
      int size, int overRows) {
    int length = run.get(RunParameters.LENGTH);
    int all = run.get(items) * heads * count;
    float root = TornadoMath.sqrt((float) count);
    for (int index = context.globalIdx; index < all; index += context.globalGroupSizeX) {
      int vector = index / count;
      int place = vector;
      if (overRows != 0) {
        place = vector / heads / length * heads + vector % heads;
      }
      float square = 0;
      for (int i = 0; i < size; i++) {
        square += x.get(vector * size + i) * x.get(vector * size + i);
      }
      float exponential = TornadoMath.exp(y.get(index) - square / 2 - largest.get(place));
      y.set(index, (exponential + (float) SoftmaxFeatures.LEAST) / root);
    }
  }

  static List<KernelTask> linearAttention(KernelSite site) {
    LinearAttention operation = (LinearAttention) site.step().operation();
    int heads = operation.heads();
    int keySize = site.operand(1).width() / heads;
    int valueSize = site.operand(2).width() / heads;
    IntArray sizes = site.allocateInts(CAUSAL + 1);
    sizes.set(HEADS, heads);
    sizes.set(KEY_SIZE, keySize);
    sizes.set(VALUE_SIZE, valueSize);
    sizes.set(CAUSAL, operation.causal() ? 1 : 0);
    long sequences = site.limits().sequences();
    IntArray starts = operation.causal() ? site.ints(3) : site.allocateInts(sequences);
    FloatArray sums = operation.causal() ? site.floats(4) : site.allocateFloats(sequences * heads * keySize * (valueSize + 1));
    FloatArray totals = site.allocateFloats((long) site.limits().rows() * heads);
    return List.of(
        KernelTask.perElement(TaskPackage.createPackage(site.taskName("_sums"), FeatureTasks::weightedSums, site.context(), site.run(), sizes,
            site.floats(0), site.floats(1), site.floats(2), starts, sums, totals, site.result()), sequences * heads * (valueSize + 1)),
        KernelTask.perElement(TaskPackage.createPackage(site.taskName(""), FeatureTasks::divide, site.context(), site.run(), totals,
            site.result(), site.items(), heads * valueSize, valueSize), site.mostItems().times(heads).times(valueSize)));
  }

  /**
   * A thread for each element of a head's values, and one for the sum of weights, goes through the rows. The sums hold for each head, for
   * each feature, the sum of its products with the values and the sum of it alone.
   */
  static void weightedSums(KernelContext context, IntArray run, IntArray sizes, FloatArray queries, FloatArray keys, FloatArray values,
      IntArray starts, FloatArray sums, FloatArray totals, FloatArray y) {
    int heads = sizes.get(HEADS);
    int keySize = sizes.get(KEY_SIZE);
    int valueSize = sizes.get(VALUE_SIZE);
    int causal = sizes.get(CAUSAL);
    int length = run.get(RunParameters.LENGTH);
    int firstSlot = causal * run.get(RunParameters.FIRST_SLOT);
    int all = run.get(RunParameters.SEQUENCES) * heads * (valueSize + 1);
    for (int index = context.globalIdx; index < all; index += context.globalGroupSizeX) {
      int j = index % (valueSize + 1);
      int head = index / (valueSize + 1) % heads;
      int sequence = index / (valueSize + 1) / heads;
      int column = ((firstSlot + sequence) * heads + head) * keySize * (valueSize + 1) + j;
      int start = starts.get(sequence);
      if (causal == 0) {
        for (int t = 0; t < length; t++) {
          addRow(keys, values, sums, t, sequence * length + t, heads, head, keySize, valueSize, j, column);
        }
      }
      for (int t = 0; t < length; t++) {
        int row = sequence * length + t;
        if (causal != 0) {
          addRow(keys, values, sums, start + t, row, heads, head, keySize, valueSize, j, column);
        }
        float product = 0;
        for (int i = 0; i < keySize; i++) {
          product += queries.get((row * heads + head) * keySize + i) * sums.get(column + i * (valueSize + 1));
        }
        if (j == valueSize) {
          totals.set(row * heads + head, product);
        } else {
          y.set((row * heads + head) * valueSize + j, product);
        }
      }
    }
  }

  /** Adds a row to what was summed up to it, which is nothing at position 0. */
  private static void addRow(FloatArray keys, FloatArray values, FloatArray sums, int position, int row, int heads, int head, int keySize,
      int valueSize, int j, int column) {
    float value = 1;
    if (j < valueSize) {
      value = values.get((row * heads + head) * valueSize + j);
    }
    for (int i = 0; i < keySize; i++) {
      int place = column + i * (valueSize + 1);
      float before = 0;
      if (position > 0) {
        before = sums.get(place);
      }
      sums.set(place, before + keys.get((row * heads + head) * keySize + i) * value);
    }
  }

  static void divide(KernelContext context, IntArray run, FloatArray totals, FloatArray y, int items, int width, int valueSize) {
    int all = run.get(items) * width;
    for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
      y.set(i, y.get(i) / totals.get(i / valueSize));
    }
  }
}
