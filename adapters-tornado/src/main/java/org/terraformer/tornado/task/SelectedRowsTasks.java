package org.terraformer.tornado.task;

import java.util.List;
import org.terraformer.ports.tensor.Shape;
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

/** Products with the rows that each item has chosen. The choice is read on the device, where the controller has left it. */
final class SelectedRowsTasks {
  private SelectedRowsTasks() {}

  static List<KernelTask> dot(KernelSite site) {
    DeviceMatrix weight = site.matrix(1);
    Shape shape = site.operand(1).shape();
    TaskPackage task = TaskPackage.createPackage(site.taskName(""), SelectedRowsTasks::dots, site.context(), site.run(), site.floats(0),
        weight.floats(), weight.halves(), weight.bytes(), site.ints(2), site.result(), site.items(), weight.format(), shape.intAxis(0),
        shape.intAxis(1), shape.intAxis(2), shape.intAxis(3));
    return List.of(KernelTask.perCell(task, (long) shape.intAxis(0) * shape.intAxis(2), site.mostItems()));
  }

  static void dots(KernelContext context, IntArray run, FloatArray x, FloatArray floats, ShortArray halves, ByteArray bytes,
      IntArray chosen, FloatArray y, int items, int format, int blocks, int choices, int group, int width) {
    float[] partial = context.allocateFloatLocalArray(KernelTask.GROUP);
    int all = run.get(items);
    int groups = context.globalGroupSizeX / context.localGroupSizeX;
    int slices = TornadoMath.max(1, groups / (blocks * group));
    for (int cell = context.groupIdx / slices; cell < blocks * group; cell += groups / slices) {
      int block = cell / group;
      for (int item = context.groupIdx % slices; item < all; item += slices) {
        int row = (block * choices + chosen.get(item * blocks + block)) * group + cell % group;
        float sum = 0;
        for (int i = context.localIdx; i < width; i += context.localGroupSizeX) {
          sum += x.get(item * width + i) * MatrixElement.at(floats, halves, bytes, format, width, row, i);
        }
        sum = GroupReduction.sum(context, partial, sum);
        if (context.localIdx == 0) {
          y.set(item * blocks * group + cell, sum);
        }
      }
    }
  }

  static List<KernelTask> sum(KernelSite site) {
    DeviceMatrix weight = site.matrix(1);
    Shape shape = site.operand(1).shape();
    FloatArray bias = site.step().operands().size() > 3 ? site.floats(3) : site.allocateFloats(shape.intAxis(3));
    TaskPackage task = TaskPackage.createPackage(site.taskName(""), SelectedRowsTasks::sums, site.context(), site.run(), site.floats(0),
        weight.floats(), weight.halves(), weight.bytes(), site.ints(2), bias, site.result(), site.items(), weight.format(),
        shape.intAxis(0), shape.intAxis(1), shape.intAxis(2), shape.intAxis(3));
    return List.of(KernelTask.perElement(task, site.mostItems().times(shape.intAxis(3))));
  }

  static void sums(KernelContext context, IntArray run, FloatArray x, FloatArray floats, ShortArray halves, ByteArray bytes,
      IntArray chosen, FloatArray bias, FloatArray y, int items, int format, int blocks, int choices, int group, int width) {
    int all = run.get(items) * width;
    for (int index = context.globalIdx; index < all; index += context.globalGroupSizeX) {
      int item = index / width;
      int column = index % width;
      float sum = bias.get(column);
      for (int block = 0; block < blocks; block++) {
        int row = (block * choices + chosen.get(item * blocks + block)) * group;
        for (int member = 0; member < group; member++) {
          sum += x.get((item * blocks + block) * group + member)
              * MatrixElement.at(floats, halves, bytes, format, width, row + member, column);
        }
      }
      y.set(index, sum);
    }
  }
}
