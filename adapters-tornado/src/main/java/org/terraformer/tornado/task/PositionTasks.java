package org.terraformer.tornado.task;

import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.terraformer.ports.operation.DriftingSinusoid;
import org.terraformer.ports.operation.PositionDigits;
import org.terraformer.ports.operation.PositionEquals;
import org.terraformer.ports.operation.PositionIndex;
import org.terraformer.ports.operation.Rotary;
import org.terraformer.ports.operation.Sinusoid;
import org.terraformer.ports.operation.Threefry;
import org.terraformer.tornado.kernel.KernelSite;
import org.terraformer.tornado.kernel.KernelTask;
import org.terraformer.tornado.kernel.RunParameters;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Where rows stand, and features made of that. Angles grow with the position, and single precision is too coarse for large ones: sines and
 * cosines of every position of the context are looked up in tables that the host makes.
 */
final class PositionTasks {
  private static final double SINUSOID_BASE = 10_000;

  private PositionTasks() {}

  private static List<KernelTask> each(KernelSite site, TaskPackage task) {
    return List.of(KernelTask.perElement(task, site.mostItems().times(site.step().result().width())));
  }

  static List<KernelTask> rowPositions(KernelSite site) {
    return each(site, TaskPackage.createPackage(site.taskName(""), PositionTasks::positions, site.context(), site.run(), site.ints(0),
        site.intResult(), site.items()));
  }

  static void positions(KernelContext context, IntArray run, IntArray starts, IntArray y, int items) {
    int length = run.get(RunParameters.LENGTH);
    int all = run.get(items);
    for (int row = context.globalIdx; row < all; row += context.globalGroupSizeX) {
      y.set(row, starts.get(row / length) + row % length);
    }
  }

  static List<KernelTask> positionIndex(KernelSite site) {
    PositionIndex operation = (PositionIndex) site.step().operation();
    return each(site, TaskPackage.createPackage(site.taskName(""), PositionTasks::indices, site.context(), site.run(), site.ints(0),
        site.intResult(), site.items(), operation.stride(), operation.size()));
  }

  static void indices(KernelContext context, IntArray run, IntArray positions, IntArray y, int items, int stride, int size) {
    int all = run.get(items);
    for (int row = context.globalIdx; row < all; row += context.globalGroupSizeX) {
      y.set(row, positions.get(row) / stride % size);
    }
  }

  static List<KernelTask> positionDigits(KernelSite site) {
    PositionDigits operation = (PositionDigits) site.step().operation();
    int count = operation.bases().size();
    IntArray bases = site.allocateInts(count);
    for (int i = 0; i < count; i++) {
      bases.set(i, operation.bases().get(i));
    }
    return each(site, TaskPackage.createPackage(site.taskName(""), PositionTasks::digits, site.context(), site.run(), site.ints(0), bases,
        site.result(), site.items(), operation.digits(), count));
  }

  static void digits(KernelContext context, IntArray run, IntArray positions, IntArray bases, FloatArray y, int items, int digits, int count) {
    int all = run.get(items) * digits * count;
    for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
      int base = bases.get(i % count);
      int rest = positions.get(i / (digits * count));
      int digit = i / count % digits;
      for (int lower = 0; lower < digit; lower++) {
        rest /= base;
      }
      y.set(i, rest % base);
    }
  }

  static List<KernelTask> positionEquals(KernelSite site) {
    return each(site, TaskPackage.createPackage(site.taskName(""), PositionTasks::equal, site.context(), site.run(), site.ints(0),
        site.result(), site.items(), ((PositionEquals) site.step().operation()).position()));
  }

  static void equal(KernelContext context, IntArray run, IntArray positions, FloatArray y, int items, int position) {
    int all = run.get(items);
    for (int row = context.globalIdx; row < all; row += context.globalGroupSizeX) {
      y.set(row, positions.get(row) == position ? 1f : 0f);
    }
  }

  static List<KernelTask> sinusoid(KernelSite site) {
    Sinusoid operation = (Sinusoid) site.step().operation();
    int width = operation.width();
    int positions = site.limits().contextLength();
    return rowsOfTable(site, site.positionTable(operation, width, table -> {
      for (int i = 0; i < width / 2; i++) {
        double frequency = Math.pow(SINUSOID_BASE, -2.0 * i / width);
        for (int position = 0; position < positions; position++) {
          table.set(position * width + i, (float) Math.sin(position * frequency));
          table.set(position * width + width / 2 + i, (float) Math.cos(position * frequency));
        }
      }
    }));
  }

  static List<KernelTask> driftingSinusoid(KernelSite site) {
    DriftingSinusoid operation = (DriftingSinusoid) site.step().operation();
    int positions = site.limits().contextLength();
    return rowsOfTable(site, site.positionTable(operation, operation.width(), table -> drift(operation, positions, table)));
  }

  private static void drift(DriftingSinusoid operation, int positions, FloatArray table) {
    int width = operation.width();
    int directions = (width + 1) / 2;
    double ratio = width > 2 ? Math.pow(operation.drift(), (double) directions / (width / 2)) : operation.drift();
    double stride = Math.sqrt(3 * operation.drift()) / 4;
    IntToDoubleFunction frequency = i -> 0.5 * Math.pow(ratio, 2.0 * i / Math.max(1, directions - 1));
    double[] walk = new double[directions];
    for (int position = 0; position < positions; position++) {
      for (int i = 0; i < directions; i++) {
        long word = Threefry.words(DriftingSinusoid.FIRST_KEY, DriftingSinusoid.SECOND_KEY, position * directions + i, 0) & 0xFFFFFFFFL;
        walk[i] += stride * word / Integer.MAX_VALUE;
      }
      for (int element = 0; element < width; element++) {
        double cycles = frequency.applyAsDouble(element / 2) * position + walk[element / 2] + element % 2 / 4.0;
        table.set(position * width + element, (float) Math.cos(2 * Math.PI * cycles));
      }
    }
  }

  private static List<KernelTask> rowsOfTable(KernelSite site, FloatArray table) {
    return each(site, TaskPackage.createPackage(site.taskName(""), PositionTasks::lookUp, site.context(), site.run(), site.ints(0), table,
        site.result(), site.items(), site.step().result().width()));
  }

  static void lookUp(KernelContext context, IntArray run, IntArray positions, FloatArray table, FloatArray y, int items, int width) {
    int all = run.get(items) * width;
    for (int i = context.globalIdx; i < all; i += context.globalGroupSizeX) {
      y.set(i, table.get(positions.get(i / width) * width + i % width));
    }
  }

  static List<KernelTask> rotary(KernelSite site) {
    Rotary operation = (Rotary) site.step().operation();
    int size = (int) site.step().result().shape().columns();
    int positions = site.limits().contextLength();
    FloatArray angles = site.positionTable(operation, size, table -> {
      for (int i = 0; i < size / 2; i++) {
        double frequency = Math.pow(operation.base(), -2.0 * i / size);
        for (int position = 0; position < positions; position++) {
          table.set(position * size + i, (float) Math.cos(position * frequency));
          table.set(position * size + size / 2 + i, (float) Math.sin(position * frequency));
        }
      }
    });
    return each(site, TaskPackage.createPackage(site.taskName(""), PositionTasks::rotated, site.context(), site.run(), site.floats(0),
        site.ints(1), angles, site.result(), site.items(), size, site.step().result().width() / size));
  }

  static void rotated(KernelContext context, IntArray run, FloatArray x, IntArray positions, FloatArray table, FloatArray y, int items,
      int size, int vectors) {
    int half = size / 2;
    int all = run.get(items) * vectors * half;
    for (int pair = context.globalIdx; pair < all; pair += context.globalGroupSizeX) {
      int vector = pair / half;
      int i = pair % half;
      int entry = positions.get(vector / vectors) * size + i;
      float cosine = table.get(entry);
      float sine = table.get(entry + half);
      float first = x.get(vector * size + i);
      float second = x.get(vector * size + half + i);
      y.set(vector * size + i, first * cosine - second * sine);
      y.set(vector * size + half + i, second * cosine + first * sine);
    }
  }
}
