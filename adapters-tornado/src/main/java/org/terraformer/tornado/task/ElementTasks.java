package org.terraformer.tornado.task;

import java.util.List;
import org.terraformer.ports.operation.Activation;
import org.terraformer.ports.operation.NotEqual;
import org.terraformer.ports.operation.PermuteFeatures;
import org.terraformer.ports.operation.Scale;
import org.terraformer.ports.operation.Shift;
import org.terraformer.tornado.kernel.KernelSite;
import org.terraformer.tornado.kernel.KernelTask;
import org.terraformer.tornado.kernel.RunParameters;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Operations that work element by element, or only move elements; a thread for each. */
final class ElementTasks {
  private ElementTasks() {}

  private static List<KernelTask> each(KernelSite site, TaskPackage task) {
    return List.of(KernelTask.perElement(task, site.mostItems().times(site.step().result().width())));
  }

  static List<KernelTask> activation(KernelSite site) {
    return each(site, TaskPackage.createPackage(site.taskName(""), ElementTasks::activate, site.context(), site.run(), site.floats(0),
        site.result(), site.items(), site.step().result().width(), ((Activation) site.step().operation()).function().ordinal()));
  }

  static void activate(KernelContext context, IntArray run, FloatArray x, FloatArray y, int items, int width, int function) {
    int all = run.get(items) * width;
    for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
      y.set(i, Functions.apply(function, x.get(i)));
    }
  }

  static List<KernelTask> add(KernelSite site) {
    return each(site, TaskPackage.createPackage(site.taskName(""), ElementTasks::sum, site.context(), site.run(), site.floats(0),
        site.floats(1), site.result(), site.items(), site.step().result().width()));
  }

  static void sum(KernelContext context, IntArray run, FloatArray first, FloatArray second, FloatArray y, int items, int width) {
    int all = run.get(items) * width;
    for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
      y.set(i, first.get(i) + second.get(i));
    }
  }

  static List<KernelTask> multiply(KernelSite site) {
    int width = site.step().result().width();
    return each(site, TaskPackage.createPackage(site.taskName(""), ElementTasks::product, site.context(), site.run(), site.floats(0),
        site.floats(1), site.result(), site.items(), width, width / site.operand(1).width()));
  }

  static void product(KernelContext context, IntArray run, FloatArray x, FloatArray factors, FloatArray y, int items, int width, int group) {
    int all = run.get(items) * width;
    for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
      y.set(i, x.get(i) * factors.get(i / group));
    }
  }

  static List<KernelTask> scale(KernelSite site) {
    return each(site, TaskPackage.createPackage(site.taskName(""), ElementTasks::scaled, site.context(), site.run(), site.floats(0),
        site.result(), site.items(), site.step().result().width(), ((Scale) site.step().operation()).factor()));
  }

  static void scaled(KernelContext context, IntArray run, FloatArray x, FloatArray y, int items, int width, float factor) {
    int all = run.get(items) * width;
    for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
      y.set(i, factor * x.get(i));
    }
  }

  static List<KernelTask> shift(KernelSite site) {
    return each(site, TaskPackage.createPackage(site.taskName(""), ElementTasks::shifted, site.context(), site.run(), site.floats(0),
        site.result(), site.items(), site.step().result().width(), ((Shift) site.step().operation()).offset()));
  }

  static void shifted(KernelContext context, IntArray run, FloatArray x, FloatArray y, int items, int width, float offset) {
    int all = run.get(items) * width;
    for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
      y.set(i, x.get(i) + offset);
    }
  }

  static List<KernelTask> permuteFeatures(KernelSite site) {
    List<Integer> features = ((PermuteFeatures) site.step().operation()).order();
    IntArray order = site.allocateInts(features.size());
    for (int i = 0; i < features.size(); i++) {
      order.set(i, features.get(i));
    }
    return each(site, TaskPackage.createPackage(site.taskName(""), ElementTasks::permuted, site.context(), site.run(), site.floats(0), order,
        site.result(), site.items(), site.step().result().width()));
  }

  static void permuted(KernelContext context, IntArray run, FloatArray x, IntArray order, FloatArray y, int items, int width) {
    int all = run.get(items) * width;
    for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
      y.set(i, x.get(i / width * width + order.get(i % width)));
    }
  }

  static List<KernelTask> channelScale(KernelSite site) {
    return each(site, TaskPackage.createPackage(site.taskName(""), ElementTasks::scaledColumns, site.context(), site.run(), site.floats(0),
        site.floats(1), site.result(), site.items(), site.step().result().width(), (int) site.step().result().shape().columns()));
  }

  static void scaledColumns(KernelContext context, IntArray run, FloatArray x, FloatArray factors, FloatArray y, int items, int width,
      int columns) {
    int all = run.get(items) * width;
    for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
      y.set(i, x.get(i) * factors.get(i % columns));
    }
  }

  static List<KernelTask> gate(KernelSite site) {
    return each(site, TaskPackage.createPackage(site.taskName(""), ElementTasks::gated, site.context(), site.run(), site.floats(0),
        site.floats(1), site.result(), site.items(), site.step().result().width(), site.operand(0).width()));
  }

  static void gated(KernelContext context, IntArray run, FloatArray x, FloatArray gates, FloatArray y, int items, int width, int size) {
    int all = run.get(items) * width;
    for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
      y.set(i, x.get(i / width * size + i % size) * gates.get(i % width));
    }
  }

  static List<KernelTask> concatenate(KernelSite site) {
    return each(site, TaskPackage.createPackage(site.taskName(""), ElementTasks::joined, site.context(), site.run(), site.floats(0),
        site.floats(1), site.result(), site.items(), site.step().result().width(), (int) site.operand(0).shape().columns(),
        (int) site.operand(1).shape().columns()));
  }

  static void joined(KernelContext context, IntArray run, FloatArray first, FloatArray second, FloatArray y, int items, int width,
      int firstColumns, int secondColumns) {
    int columns = firstColumns + secondColumns;
    int all = run.get(items) * width;
    for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
      int vector = i / columns;
      int column = i % columns;
      if (column < firstColumns) {
        y.set(i, first.get(vector * firstColumns + column));
      } else {
        y.set(i, second.get(vector * secondColumns + column - firstColumns));
      }
    }
  }

  static List<KernelTask> notEqual(KernelSite site) {
    return each(site, TaskPackage.createPackage(site.taskName(""), ElementTasks::differs, site.context(), site.run(), site.ints(0),
        site.intResult(), site.items(), site.step().result().width(), ((NotEqual) site.step().operation()).value()));
  }

  static void differs(KernelContext context, IntArray run, IntArray x, IntArray y, int items, int width, int value) {
    int all = run.get(items) * width;
    for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
      y.set(i, x.get(i) == value ? 0 : 1);
    }
  }

  static List<KernelTask> stopGradient(KernelSite site) {
    return each(site, TaskPackage.createPackage(site.taskName(""), ElementTasks::scaled, site.context(), site.run(), site.floats(0),
        site.result(), site.items(), site.step().result().width(), 1f));
  }

  static List<KernelTask> keepLast(KernelSite site) {
    return each(site, TaskPackage.createPackage(site.taskName(""), ElementTasks::lastRows, site.context(), site.run(), site.floats(0),
        site.result(), site.items(), site.step().result().width()));
  }

  static void lastRows(KernelContext context, IntArray run, FloatArray x, FloatArray y, int items, int width) {
    int length = run.get(RunParameters.LENGTH);
    int kept = run.get(RunParameters.KEPT);
    int all = run.get(items) * width;
    for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
      int row = i / width;
      int from = row / kept * length + length - kept + row % kept;
      y.set(i, x.get(from * width + i % width));
    }
  }
}
