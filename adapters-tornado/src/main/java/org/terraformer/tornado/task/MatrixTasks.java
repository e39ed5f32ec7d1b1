package org.terraformer.tornado.task;

import java.util.List;
import org.terraformer.tornado.kernel.DeviceMatrix;
import org.terraformer.tornado.kernel.KernelSite;
import org.terraformer.tornado.kernel.KernelTask;
import org.terraformer.tornado.kernel.MatrixElement;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** Products with dense matrices. A group of threads computes one output of every item, or of some; where rows are summed, a thread does. */
final class MatrixTasks {
  private MatrixTasks() {}

  static List<KernelTask> embedding(KernelSite site) {
    DeviceMatrix table = site.matrix(1);
    int ids = site.operand(0).width();
    TaskPackage task = TaskPackage.createPackage(site.taskName(""), MatrixTasks::lookUp, site.context(), site.run(), site.ints(0),
        table.floats(), table.halves(), table.bytes(), site.result(), site.items(), table.format(), site.operand(1).shape().intAxis(0),
        table.columns(), ids);
    return List.of(KernelTask.perElement(task, site.mostItems().times(site.step().result().width())));
  }

  static void lookUp(KernelContext context, IntArray run, IntArray ids, FloatArray floats, ShortArray halves, ByteArray bytes, FloatArray y,
      int items, int format, int rows, int width, int idsOfItem) {
    int all = run.get(items) * idsOfItem * width;
    for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
      int id = ids.get(i / width);
      if (id < 0) {
        id = 0;
      }
      if (id >= rows) {
        id = rows - 1;
      }
      y.set(i, MatrixElement.at(floats, halves, bytes, format, width, id, i % width));
    }
  }

  static List<KernelTask> linear(KernelSite site) {
    DeviceMatrix weight = site.matrix(1);
    int outputs = Math.toIntExact(site.operand(1).shape().rows());
    int vectors = site.step().result().width() / outputs;
    int biases = site.step().operands().size() > 2 ? site.operand(2).width() : 0;
    TaskPackage task = TaskPackage.createPackage(site.taskName(""), MatrixTasks::rowProducts, site.context(), site.run(), site.floats(0),
        weight.floats(), weight.halves(), weight.bytes(), site.floatsIfAny(2), site.result(), site.items(), weight.format(),
        weight.columns(), outputs, vectors, biases);
    return List.of(KernelTask.perCell(task, outputs, site.mostItems().times(vectors)));
  }

  static void rowProducts(KernelContext context, IntArray run, FloatArray x, FloatArray floats, ShortArray halves, ByteArray bytes,
      FloatArray bias, FloatArray y, int items, int format, int inputs, int outputs, int vectors, int biases) {
    float[] partial = context.allocateFloatLocalArray(KernelTask.GROUP);
    int all = run.get(items) * vectors;
    int groups = context.globalGroupSizeX / context.localGroupSizeX;
    int slices = TornadoMath.max(1, groups / outputs);
    for (int output = context.groupIdx / slices; output < outputs; output += groups / slices) {
      for (int vector = context.groupIdx % slices; vector < all; vector += slices) {
        float sum = 0;
        for (int i = context.localIdx; i < inputs; i += context.localGroupSizeX) {
          sum += x.get(vector * inputs + i) * MatrixElement.at(floats, halves, bytes, format, inputs, output, i);
        }
        sum = GroupReduction.sum(context, partial, sum);
        if (context.localIdx == 0) {
          int index = vector * outputs + output;
          y.set(index, biases == 0 ? sum : sum + bias.get(index % biases));
        }
      }
    }
  }

  static List<KernelTask> linearTransposed(KernelSite site) {
    DeviceMatrix weight = site.matrix(1);
    int rows = Math.toIntExact(site.operand(1).shape().rows());
    int width = weight.columns();
    int biases = site.step().operands().size() > 2 ? 1 : 0;
    TaskPackage task = TaskPackage.createPackage(site.taskName(""), MatrixTasks::sumOfRows, site.context(), site.run(), site.floats(0),
        weight.floats(), weight.halves(), weight.bytes(), site.floatsIfAny(2), site.result(), site.items(), weight.format(), rows, width,
        site.step().result().width() / width, biases);
    return List.of(KernelTask.perElement(task, site.mostItems().times(site.step().result().width())));
  }

  static void sumOfRows(KernelContext context, IntArray run, FloatArray x, FloatArray floats, ShortArray halves, ByteArray bytes,
      FloatArray bias, FloatArray y, int items, int format, int rows, int width, int vectors, int biased) {
    int all = run.get(items) * vectors * width;
    for (int index = context.globalIdx; index < all; index += context.globalGroupSizeX) {
      int column = index % width;
      int vector = index / width;
      float sum = biased == 0 ? 0 : bias.get(column);
      for (int row = 0; row < rows; row++) {
        sum += x.get(vector * rows + row) * MatrixElement.at(floats, halves, bytes, format, width, row, column);
      }
      y.set(index, sum);
    }
  }

  static List<KernelTask> moduleLinear(KernelSite site) {
    DeviceMatrix weight = site.matrix(1);
    int modules = site.operand(1).shape().intAxis(0);
    int outputs = site.operand(1).shape().intAxis(1);
    TaskPackage task = TaskPackage.createPackage(site.taskName(""), MatrixTasks::moduleProducts, site.context(), site.run(), site.floats(0),
        weight.floats(), weight.halves(), weight.bytes(), site.floatsIfAny(2), site.result(), site.items(), weight.format(), modules,
        outputs, site.operand(1).shape().intAxis(2), weight.columns(), site.step().operands().size() > 2 ? 1 : 0);
    return List.of(KernelTask.perCell(task, (long) modules * outputs, site.mostItems()));
  }

  static void moduleProducts(KernelContext context, IntArray run, FloatArray x, FloatArray floats, ShortArray halves, ByteArray bytes,
      FloatArray bias, FloatArray y, int items, int format, int modules, int outputs, int taps, int inputs, int biased) {
    float[] partial = context.allocateFloatLocalArray(KernelTask.GROUP);
    int cells = modules * outputs;
    int all = run.get(items);
    int groups = context.globalGroupSizeX / context.localGroupSizeX;
    int slices = TornadoMath.max(1, groups / cells);
    for (int cell = context.groupIdx / slices; cell < cells; cell += groups / slices) {
      // The first module that is read, counted so that it is not negative.
      int first = cell / outputs + taps * modules - (taps - 1) / 2;
      for (int item = context.groupIdx % slices; item < all; item += slices) {
        float sum = 0;
        for (int i = context.localIdx; i < taps * inputs; i += context.localGroupSizeX) {
          int tap = i / inputs;
          int input = i % inputs;
          sum += x.get((item * modules + (first + tap) % modules) * inputs + input)
              * MatrixElement.at(floats, halves, bytes, format, inputs, cell * taps + tap, input);
        }
        sum = GroupReduction.sum(context, partial, sum);
        if (context.localIdx == 0) {
          y.set(item * cells + cell, biased == 0 ? sum : sum + bias.get(cell));
        }
      }
    }
  }
}
