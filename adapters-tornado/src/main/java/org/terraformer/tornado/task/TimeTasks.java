package org.terraformer.tornado.task;

import java.util.List;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.tornado.kernel.DeviceMatrix;
import org.terraformer.tornado.kernel.KernelSite;
import org.terraformer.tornado.kernel.KernelTask;
import org.terraformer.tornado.kernel.MatrixElement;
import org.terraformer.tornado.kernel.RunParameters;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** Convolutions and recurrences over time, with what they remember in state on the device. */
final class TimeTasks {
  private static final int MODULES = 0;
  private static final int OUTPUTS = 1;
  private static final int LENGTH = 2;
  private static final int KERNEL = 3;
  private static final int INPUTS = 4;
  private static final float ROOT_THREE = (float) Math.sqrt(3);

  private TimeTasks() {}

  static List<KernelTask> moduleConvolution(KernelSite site) {
    DeviceMatrix weight = site.matrix(1);
    Shape shape = site.operand(1).shape();
    int modules = site.step().result().shape().intAxis(0);
    IntArray sizes = site.allocateInts(INPUTS + 1);
    sizes.set(MODULES, modules);
    sizes.set(OUTPUTS, shape.intAxis(0));
    sizes.set(LENGTH, shape.intAxis(1));
    sizes.set(KERNEL, shape.intAxis(2));
    sizes.set(INPUTS, shape.intAxis(3));
    FloatArray bias = site.step().operands().size() > 4 ? site.floats(4) : site.allocateFloats(shape.intAxis(0));
    TaskPackage task = TaskPackage.createPackage(site.taskName(""), TimeTasks::convolve, site.context(), site.run(), sizes, site.floats(0),
        site.ints(2), site.floats(3), weight.floats(), weight.halves(), weight.bytes(), bias, site.result(), site.items(), weight.format());
    return History.remembering(site, KernelTask.perCell(task, (long) modules * shape.intAxis(0), site.mostItems()));
  }

  static void convolve(KernelContext context, IntArray run, IntArray sizes, FloatArray x, IntArray starts, FloatArray state,
      FloatArray floats, ShortArray halves, ByteArray bytes, FloatArray bias, FloatArray y, int items, int format) {
    float[] partial = context.allocateFloatLocalArray(KernelTask.GROUP);
    int modules = sizes.get(MODULES);
    int outputs = sizes.get(OUTPUTS);
    int steps = sizes.get(LENGTH);
    int kernel = sizes.get(KERNEL);
    int inputs = sizes.get(INPUTS);
    int firstSlot = run.get(RunParameters.FIRST_SLOT);
    int length = run.get(RunParameters.LENGTH);
    int rows = run.get(items);
    int cells = modules * outputs;
    int groups = context.globalGroupSizeX / context.localGroupSizeX;
    int slices = TornadoMath.max(1, groups / cells);
    for (int cell = context.groupIdx / slices; cell < cells; cell += groups / slices) {
      int output = cell % outputs;
      int first = cell / outputs - (kernel - 1) / 2;
      for (int row = context.groupIdx % slices; row < rows; row += slices) {
        float sum = 0;
        for (int term = context.localIdx; term < steps * kernel * inputs; term += context.localGroupSizeX) {
          int input = term % inputs;
          int tap = term / inputs % kernel;
          int lag = term / inputs / kernel;
          int module = first + tap;
          if (module >= 0 && module < modules) {
            float past = History.at(x, starts, state, firstSlot, length, steps - 1, modules * inputs, row, lag, module * inputs + input);
            sum += past * MatrixElement.at(floats, halves, bytes, format, inputs, (output * steps + steps - 1 - lag) * kernel + tap, input);
          }
        }
        sum = GroupReduction.sum(context, partial, sum);
        if (context.localIdx == 0) {
          y.set(row * cells + cell, sum + bias.get(output));
        }
      }
    }
  }

  static List<KernelTask> depthwiseConvolution(KernelSite site) {
    int width = site.step().result().width();
    TaskPackage task = TaskPackage.createPackage(site.taskName(""), TimeTasks::convolveChannels, site.context(), site.run(), site.floats(0),
        site.floats(1), site.ints(2), site.floats(3), site.result(), site.items(), site.operand(1).shape().intAxis(0), width);
    return History.remembering(site, KernelTask.perElement(task, site.mostItems().times(width)));
  }

  static void convolveChannels(KernelContext context, IntArray run, FloatArray x, FloatArray weight, IntArray starts, FloatArray state,
      FloatArray y, int items, int steps, int width) {
    int firstSlot = run.get(RunParameters.FIRST_SLOT);
    int length = run.get(RunParameters.LENGTH);
    int all = run.get(items) * width;
    for (int index = context.globalIdx; index < all; index += context.globalGroupSizeX) {
      int i = index % width;
      float sum = 0;
      for (int lag = 0; lag < steps; lag++) {
        sum += History.at(x, starts, state, firstSlot, length, steps - 1, width, index / width, lag, i) * weight.get(lag * width + i);
      }
      y.set(index, sum);
    }
  }

  static List<KernelTask> simpleRecurrence(KernelSite site) {
    int width = site.step().result().width();
    TaskPackage task = TaskPackage.createPackage(site.taskName(""), TimeTasks::recur, site.context(), site.run(), site.floats(0),
        site.floats(1), site.ints(2), site.floats(3), site.result(), width);
    return List.of(KernelTask.perElement(task, (long) site.limits().sequences() * width));
  }

  static void recur(KernelContext context, IntArray run, FloatArray x, FloatArray gates, IntArray starts, FloatArray state, FloatArray y,
      int width) {
    int firstSlot = run.get(RunParameters.FIRST_SLOT);
    int length = run.get(RunParameters.LENGTH);
    int all = run.get(RunParameters.SEQUENCES) * width;
    for (int index = context.globalIdx; index < all; index += context.globalGroupSizeX) {
      int sequence = index / width;
      int i = index % width;
      int place = (firstSlot + sequence) * width + i;
      float carry = 0;
      if (starts.get(sequence) > 0) {
        carry = state.get(place);
      }
      for (int t = 0; t < length; t++) {
        int row = sequence * length + t;
        float reset = Functions.sigmoid(gates.get(row * 3 * width + i));
        float forget = Functions.sigmoid(gates.get(row * 3 * width + width + i));
        carry = forget * carry + (1 - forget) * gates.get(row * 3 * width + 2 * width + i);
        y.set(row * width + i, reset * carry + ROOT_THREE * (1 - reset) * x.get(row * width + i));
      }
      state.set(place, carry);
    }
  }
}
